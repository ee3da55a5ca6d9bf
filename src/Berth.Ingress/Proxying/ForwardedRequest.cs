using System.Net;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Berth.Ingress.Proxying;

/// <summary>The request as the backend sees it: as it came, Host included, with the headers that tell where it came from. Those that the client sent of this kind are not believed.</summary>
internal sealed class ForwardedRequest : HttpTransformer
{
    public static readonly ForwardedRequest Instance = new();

    // Streams whose readers act on the headers before the first message comes; others get their headers with the body's first bytes.
    private static readonly string[] s_streams = ["application/grpc", "text/event-stream"];

    public override async ValueTask<bool> TransformResponseAsync(HttpContext context, HttpResponseMessage? response, CancellationToken cancellation)
    {
        var goesOn = await base.TransformResponseAsync(context, response, cancellation).ConfigureAwait(false);
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

        void Set(string name, string value)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
