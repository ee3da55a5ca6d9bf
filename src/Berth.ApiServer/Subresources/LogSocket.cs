using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Berth.ApiServer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.ApiServer.Subresources;

/// <summary>
/// A log over a WebSocket: each piece of it is a message, binary or as base64 text. The node knows nothing of it; it sends the
/// log as it does to anybody.
/// </summary>
internal static class LogSocket
{
    private const string Binary = "binary.k8s.io";
    private const string Base64 = "base64.binary.k8s.io";
    private const int CopyBytes = 32 * 1024;

    /// <summary>RFC 6455, section 1.3.</summary>
    private const string AcceptSalt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private static readonly TimeSpan s_closing = TimeSpan.FromSeconds(5);

    public static bool IsAskedFor(HttpRequest request) => request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase);

    public static async Task RunAsync(ApiRequest request, HttpMessageInvoker nodes, Uri target)
    {
        var http = request.Http;
        if (http.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade)
            throw ApiStatusException.BadRequest("this connection cannot be upgraded: use HTTP/1.1");
        var offered = http.Request.Headers.SecWebSocketProtocol.SelectMany(v => (v ?? "").Split(',')).Select(p => p.Trim()).Where(p => p.Length > 0).ToList();
        var protocol = offered.FirstOrDefault(p => p is Binary or Base64);
        if (protocol is null && offered.Count > 0)
            throw ApiStatusException.BadRequest($"none of the protocols is known that were asked for: {string.Join(", ", offered)}");

        using var ask = new HttpRequestMessage(HttpMethod.Get, target) { Version = System.Net.HttpVersion.Version11 };
        using var response = await ProxyRequest.SendAsync(request, nodes, ask).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            throw await ProxyRequest.RefusalAsync(response, request.Cancellation).ConfigureAwait(false);

        http.Response.Headers.Connection = "Upgrade";
        http.Response.Headers.Upgrade = "websocket";
        if (protocol is not null)
            http.Response.Headers.SecWebSocketProtocol = protocol;
        http.Response.Headers.SecWebSocketAccept = Accept(http.Request.Headers.SecWebSocketKey.ToString());
        await using var log = await response.Content.ReadAsStreamAsync(http.RequestAborted).ConfigureAwait(false);
        await using var client = await upgrade.UpgradeAsync().ConfigureAwait(false);
        using var socket = WebSocket.CreateFromStream(client, new WebSocketCreationOptions { IsServer = true });
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        var listening = ListenAsync(socket, ended);
        try
        {
            await SendAsync(log, socket, protocol == Base64, ended.Token).ConfigureAwait(false);
            using var limit = new CancellationTokenSource(s_closing);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token).ConfigureAwait(false);
            await listening.WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or WebSocketException)
        {
            // The client has seen enough.
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await listening.ConfigureAwait(false);
        }
    }

    private static async Task SendAsync(Stream log, WebSocket socket, bool asText, CancellationToken cancellation)
    {
        var buffer = new byte[CopyBytes];
        int read;
        while ((read = await log.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
        {
            if (asText)
                await socket.SendAsync(Encoding.ASCII.GetBytes(Convert.ToBase64String(buffer, 0, read)), WebSocketMessageType.Text, true, cancellation).ConfigureAwait(false);
            else
                await socket.SendAsync(buffer.AsMemory(0, read), WebSocketMessageType.Binary, true, cancellation).ConfigureAwait(false);
        }
    }

    // What the client says means nothing here, but that it goes away does.
    private static async Task ListenAsync(WebSocket socket, CancellationTokenSource ended)
    {
        try
        {
            var buffer = new byte[1024];
            while ((await socket.ReceiveAsync(buffer.AsMemory(), ended.Token).ConfigureAwait(false)).MessageType != WebSocketMessageType.Close)
            {
                // Dropped.
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // It went without a word.
        }

        await ended.CancelAsync().ConfigureAwait(false);
    }

#pragma warning disable CA5350 // The WebSocket handshake is defined with SHA-1; nothing rests on it.
    private static string Accept(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptSalt)));
#pragma warning restore CA5350
}
