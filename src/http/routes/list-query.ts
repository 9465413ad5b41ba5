import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';

const MAX_LIMIT = 500;

/** The query of routes that return a list; unknown parameters are rejected. */
export class ListQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: MAX_LIMIT })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_LIMIT)
  limit: number = MAX_LIMIT;
}

/** The query of lists whose entries have ids. */
export class PageQuery extends ListQuery {
  @ApiPropertyOptional({
    format: 'uuid',
    description: 'Continues after this entry: the id of the last one on the previous page.',
  })
  @IsOptional()
  @IsUUID('loose')
  before?: string;
}
