namespace Berth.ApiServer.Authentication;

/// <summary>
/// A feature of requests that never crossed a socket: the in-process transport puts it into
/// <see cref="Microsoft.AspNetCore.Http.HttpContext.Features"/>, and authentication takes it as it is.
/// Nothing that comes over a connection can set it.
/// </summary>
public sealed record InProcessIdentity(UserInfo User);
