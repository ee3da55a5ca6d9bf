using System.Net;
using Berth.Ingress.Routing;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Berth.Ingress.Proxying;

/// <summary>
/// The request as the backend sees it: as it came, Host included, with the headers that tell where it came from, and with what its route
/// changes. Headers of this kind that the client sent are not believed.
/// </summary>
internal sealed class ForwardedRequest(params RouteActions[] actions) : HttpTransformer
{
    public static readonly ForwardedRequest Unchanged = new();

    // Streams whose readers act on the headers before the first message comes; others get their headers with the body's first bytes.
    private static readonly string[] s_streams = ["application/grpc", "text/event-stream"];

    public override async ValueTask<bool> TransformResponseAsync(HttpContext context, HttpResponseMessage? response, CancellationToken cancellation)
    {
        var goesOn = await base.TransformResponseAsync(context, response, cancellation).ConfigureAwait(false);
        foreach (var change in actions.SelectMany(a => a.ResponseHeaders))
        {
            switch (change.Operation)
            {
                case HeaderOperation.Set:
                    context.Response.Headers[change.Name] = change.Value;
                    break;
                case HeaderOperation.Add:
                    context.Response.Headers.Append(change.Name, change.Value);
                    break;
                default:
                    context.Response.Headers.Remove(change.Name);
                    break;
            }
        }
        if (goesOn && context.Response.ContentType is { } type && s_streams.Any(s => type.StartsWith(s, StringComparison.OrdinalIgnoreCase)))
            await context.Response.Body.FlushAsync(cancellation).ConfigureAwait(false);
        return goesOn;
    }

    public override async ValueTask TransformRequestAsync(HttpContext context, HttpRequestMessage request, string destinationPrefix, CancellationToken cancellation)
    {
        await base.TransformRequestAsync(context, request, destinationPrefix, cancellation).ConfigureAwait(false);
        var client = (context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : context.Connection.RemoteIpAddress ?? IPAddress.None).ToString();
        Set("X-Forwarded-For", client);
        Set("X-Real-IP", client);
        Set("X-Forwarded-Proto", context.Request.Scheme);
        Set("X-Forwarded-Host", context.Request.Host.Value ?? "");
        Set("X-Forwarded-Port", context.Connection.LocalPort.ToString(System.Globalization.CultureInfo.InvariantCulture));
        foreach (var action in actions)
        {
            if (action.Path is { } path)
                request.RequestUri = RequestUtilities.MakeDestinationAddress(destinationPrefix, new PathString(path.Apply(context.Request.Path.Value ?? "/")), context.Request.QueryString);
            if (action.Hostname is { } host)
                request.Headers.Host = host;
            foreach (var change in action.RequestHeaders)
            {
                if (change.Operation == HeaderOperation.Remove)
                    Remove(change.Name);
                else if (change.Operation == HeaderOperation.Set)
                    Set(change.Name, change.Value);
                else
                    request.Headers.TryAddWithoutValidation(change.Name, change.Value);
            }
        }

        void Set(string name, string value)
        {
            Remove(name);
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content?.Headers.TryAddWithoutValidation(name, value);
        }

        void Remove(string name)
        {
            request.Headers.Remove(name);
            request.Content?.Headers.Remove(name);
        }
    }
}
