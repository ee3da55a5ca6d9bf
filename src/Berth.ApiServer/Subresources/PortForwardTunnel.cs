using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Berth.ApiServer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.ApiServer.Subresources;

/// <summary>
/// Port-forward as kubectl asks for it since 1.30: SPDY inside the binary messages of a WebSocket, so that it passes
/// proxies. The API server takes the WebSocket off; the node sees the same SPDY connection as from an older kubectl.
/// </summary>
internal static class PortForwardTunnel
{
    private const string Subprotocol = "SPDY/3.1+portforward.k8s.io";
    private const int CopyBytes = 32 * 1024;

    /// <summary>RFC 6455, section 1.3.</summary>
    private const string AcceptSalt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    public static bool IsAskedFor(HttpRequest request) =>
        request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase)
        && request.Headers.SecWebSocketProtocol.SelectMany(v => (v ?? "").Split(',')).Any(p => p.Trim() == Subprotocol);

    public static async Task RunAsync(ApiRequest request, HttpMessageInvoker nodes, Uri target)
    {
        var http = request.Http;
        if (http.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade)
            throw ApiStatusException.BadRequest("this connection cannot be upgraded: use HTTP/1.1");
        using var dial = new HttpRequestMessage(HttpMethod.Post, target) { Version = System.Net.HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        dial.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        dial.Headers.TryAddWithoutValidation("Upgrade", "SPDY/3.1");
        dial.Headers.TryAddWithoutValidation("X-Stream-Protocol-Version", "portforward.k8s.io");
        using var response = await ProxyRequest.SendAsync(request, nodes, dial).ConfigureAwait(false);
        if ((int)response.StatusCode != StatusCodes.Status101SwitchingProtocols)
            throw await ProxyRequest.RefusalAsync(response, request.Cancellation).ConfigureAwait(false);

        http.Response.Headers.Connection = "Upgrade";
        http.Response.Headers.Upgrade = "websocket";
        http.Response.Headers.SecWebSocketProtocol = Subprotocol;
        http.Response.Headers.SecWebSocketAccept = Accept(http.Request.Headers.SecWebSocketKey.ToString());
        await using var backend = await response.Content.ReadAsStreamAsync(http.RequestAborted).ConfigureAwait(false);
        await using var client = await upgrade.UpgradeAsync().ConfigureAwait(false);
        using var socket = WebSocket.CreateFromStream(client, new WebSocketCreationOptions { IsServer = true });
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        await Task.WhenAll(FromClientAsync(socket, backend, ended), ToClientAsync(backend, socket, ended)).ConfigureAwait(false);
    }

    private static async Task FromClientAsync(WebSocket socket, Stream backend, CancellationTokenSource ended)
    {
        try
        {
            var buffer = new byte[CopyBytes];
            while (true)
            {
                var message = await socket.ReceiveAsync(buffer.AsMemory(), ended.Token).ConfigureAwait(false);
                if (message.MessageType == WebSocketMessageType.Close)
                    return;
                await backend.WriteAsync(buffer.AsMemory(0, message.Count), ended.Token).ConfigureAwait(false);
                await backend.FlushAsync(ended.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // One side went away, which is how these connections end.
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
        }
    }

    private static async Task ToClientAsync(Stream backend, WebSocket socket, CancellationTokenSource ended)
    {
        try
        {
            var buffer = new byte[CopyBytes];
            int read;
            while ((read = await backend.ReadAsync(buffer, ended.Token).ConfigureAwait(false)) > 0)
                await socket.SendAsync(buffer.AsMemory(0, read), WebSocketMessageType.Binary, endOfMessage: true, ended.Token).ConfigureAwait(false);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", ended.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // As above.
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
        }
    }

#pragma warning disable CA5350 // The WebSocket handshake is defined with SHA-1; it protects nothing.
    private static string Accept(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key.Trim() + AcceptSalt)));
#pragma warning restore CA5350
}
