using System.Net.Sockets;
using Berth.Ingress.Routing;
using Berth.Ingress.Sources;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Berth.Ingress.Proxying;

/// <summary>
/// A request's way: (1) its host, path and headers find a route; (2) the route redirects, or gives a backend, and that an endpoint; (3) YARP
/// forwards it, bodies, WebSockets and gRPC streams as they flow; (4) where no connection came about and nothing was sent, the next endpoint
/// has its turn, so that a pod that has just gone costs no request.
/// </summary>
internal sealed partial class RequestForwarder(Func<ProxySnapshot> current, IHttpForwarder forwarder, BackendClients clients, ILogger logger)
{
    private const int AttemptsMax = 3;

    public async Task HandleAsync(HttpContext context)
    {
        // (1)
        var host = context.Request.Host.Host.TrimEnd('.').ToLowerInvariant();
        if (current().Routes.Find(host, context.Request.Path.Value is { Length: > 0 } path ? path : "/", context.Request) is not { } route)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, "no Ingress has a rule for this host and path\n").ConfigureAwait(false);
            return;
        }

        // (2)
        if (route.Actions.Redirect is { } redirect)
        {
            context.Response.StatusCode = redirect.Status;
            context.Response.Headers.Location = redirect.Location(context.Request);
            return;
        }

        var chosen = route.Choose(Random.Shared);
        if (chosen.Backend is not { } backend)
        {
            await RefuseAsync(context, StatusCodes.Status500InternalServerError, "the route has no backend that exists and that it may refer to\n").ConfigureAwait(false);
            return;
        }

        var transformer = route.Actions.IsEmpty && chosen.Actions.IsEmpty ? ForwardedRequest.Unchanged : new ForwardedRequest(route.Actions, chosen.Actions);
        for (var attempt = 0; ; attempt++)
        {
            if (backend.Next(attempt) is not { } destination)
            {
                await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "the backend has no ready endpoint\n").ConfigureAwait(false);
                return;
            }

            // (3)
            var protocol = backend.Protocol;
            var error = await forwarder.SendAsync(context, destination, clients.For(protocol), BackendClients.ConfigOf(protocol), transformer).ConfigureAwait(false);
            if (error == ForwarderError.None)
                return;
            var failure = context.GetForwarderErrorFeature()?.Exception;
            // (4)
            if (error != ForwarderError.Request || !NeverConnected(failure) || context.Response.HasStarted || HasBody(context) || attempt + 1 >= AttemptsMax)
            {
                LogFailed(route.Source, destination, error, failure?.Message ?? "");
                return;
            }
            context.Response.Clear();
        }
    }

    // YARP may have begun to read a body by the time that a connection fails; it cannot be read twice.
    private static bool HasBody(HttpContext context) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };

    private static bool NeverConnected(Exception? failure) =>
        failure is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } or HttpRequestException { InnerException: SocketException };

    private static Task RefuseAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    [LoggerMessage(7611, LogLevel.Debug, "A request of {Route} to {Destination} failed ({Reason}): {Error}")]
    private partial void LogFailed(string route, string destination, ForwarderError reason, string error);
}
