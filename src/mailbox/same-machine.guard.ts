import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isLoopback } from '../config/web-config.js';
import { AppError } from '../errors/app-error.js';
import { clientAddress } from '../http/routes/client-address.js';

/**
 * Admits only browsers on this machine: mails contain links that set passwords. The host name is checked as well, since
 * a page of another site can have its own name lead to this machine (DNS rebinding).
 */
@Injectable()
export class SameMachineGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const isFromHere = isLoopback(clientAddress(request.ip, request.socket.remoteAddress));
    const isToHere = isLoopback(request.hostname.replace(/:\d+$/, ''));
    if (isFromHere && isToHere) return true;
    throw new AppError('not_found');
  }
}
