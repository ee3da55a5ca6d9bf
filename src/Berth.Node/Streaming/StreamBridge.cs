using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.Node.Streaming;

/// <summary>What a client asked to stream with a container.</summary>
internal sealed record StreamRequest(bool Stdin, bool Stdout, bool Stderr, bool Tty);

/// <summary>
/// Joins a client's upgraded connection with the runtime's streaming server. SPDY passes through as it is. WebSocket
/// clients of exec and attach are translated to SPDY: only there can stdin be ended while output goes on; those of
/// port-forward carry SPDY inside and are unwrapped.
/// </summary>
internal static class StreamBridge
{
    private const string TunnelPrefix = "SPDY/3.1+";
    private const int BufferBytes = 32 * 1024;

    // The client's goodbye after ours; one that has gone never sends it.
    private static readonly TimeSpan _closeLimit = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(HttpContext http, Uri url, StreamRequest? streams, CancellationToken ct)
    {
        if (http.WebSockets.IsWebSocketRequest)
        {
            var offered = http.WebSockets.WebSocketRequestedProtocols;
            if (offered.FirstOrDefault(p => p.StartsWith(TunnelPrefix, StringComparison.Ordinal)) is { } tunnel)
            {
                await TunnelAsync(http, url, tunnel, ct);
                return;
            }

            if (streams is not null && (string[])["v5.channel.k8s.io", "v4.channel.k8s.io"] is var spoken && spoken.FirstOrDefault(offered.Contains) is { } protocol)
            {
                await TranslateAsync(http, url, protocol, streams, ct);
                return;
            }
        }

        await PassAsync(http, url, ct);
    }

    /// <summary>The request as it came, and then bytes both ways.</summary>
    private static async Task PassAsync(HttpContext http, Uri url, CancellationToken ct)
    {
        if (http.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await http.Response.WriteAsync("Upgrade request required", ct);
            return;
        }

        var headers = http.Request.Headers
            .Where(h => h.Key.StartsWith("X-Stream", StringComparison.OrdinalIgnoreCase) || h.Key.StartsWith("Sec-WebSocket", StringComparison.OrdinalIgnoreCase) || h.Key is "Upgrade" or "Connection" or "Origin")
            .SelectMany(h => h.Value.Select(v => (h.Key, v ?? "")));
        using var runtime = await UpgradeClient.ConnectAsync(url, http.Request.Method, headers, ct);
        http.Response.StatusCode = runtime.Status;
        foreach (var (name, value) in runtime.Headers)
        {
            if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)) continue;
            http.Response.Headers.Append(name, value);
        }

        if (runtime.Status != StatusCodes.Status101SwitchingProtocols)
        {
            http.Response.Headers.Remove("Connection");
            await runtime.Stream.CopyToAsync(http.Response.Body, ct);
            return;
        }

        await using var client = await upgrade.UpgradeAsync();
        await JoinAsync(client, runtime.Stream, ct);
    }

    private static async Task JoinAsync(Stream client, Stream runtime, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var up = CopyAsync(client, runtime, stop.Token);
        var down = CopyAsync(runtime, client, stop.Token);
        // SPDY ends its streams itself: when one side closes the connection, all is said.
        await Task.WhenAny(up, down);
        await stop.CancelAsync();
        await Task.WhenAll(up, down).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task CopyAsync(Stream from, Stream to, CancellationToken ct)
    {
        var buffer = new byte[BufferBytes];
        while (await from.ReadAsync(buffer, ct) is > 0 and var read)
        {
            await to.WriteAsync(buffer.AsMemory(0, read), ct);
            await to.FlushAsync(ct);
        }
    }

    private static async Task TunnelAsync(HttpContext http, Uri url, string tunnel, CancellationToken ct)
    {
        using var runtime = await UpgradeClient.ConnectAsync(
            url, "POST", [("Connection", "Upgrade"), ("Upgrade", "SPDY/3.1"), ("X-Stream-Protocol-Version", tunnel[TunnelPrefix.Length..])], ct);
        if (runtime.Status != StatusCodes.Status101SwitchingProtocols)
        {
            http.Response.StatusCode = StatusCodes.Status502BadGateway;
            return;
        }

        using var socket = await AcceptTunnelAsync(http, tunnel);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var up = FromSocketAsync(socket, async (data, _) => await runtime.Stream.WriteAsync(data, stop.Token), stop.Token);
        var down = Task.Run(
            async () =>
            {
                var buffer = new byte[BufferBytes];
                while (await runtime.Stream.ReadAsync(buffer, stop.Token) is > 0 and var read)
                    await socket.SendAsync(buffer.AsMemory(0, read), WebSocketMessageType.Binary, true, stop.Token);
            },
            CancellationToken.None);
        await Task.WhenAny(up, down);
        await CloseAsync(socket, up);
        await stop.CancelAsync();
        await Task.WhenAll(up, down).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // The framework refuses subprotocol names with a '/', which this one has: the handshake of RFC 6455 by hand.
    private static async Task<WebSocket> AcceptTunnelAsync(HttpContext http, string tunnel)
    {
        const string HandshakeId = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
        var upgrade = http.Features.Get<IHttpUpgradeFeature>() ?? throw new InvalidOperationException("the connection cannot be upgraded");
        var answer = SHA1.HashData(Encoding.ASCII.GetBytes(http.Request.Headers.SecWebSocketKey + HandshakeId));
        http.Response.Headers.Connection = "Upgrade";
        http.Response.Headers.Upgrade = "websocket";
        http.Response.Headers.SecWebSocketAccept = Convert.ToBase64String(answer);
        http.Response.Headers.SecWebSocketProtocol = tunnel;
        return WebSocket.CreateFromStream(await upgrade.UpgradeAsync(), new WebSocketCreationOptions { IsServer = true });
    }

    private static async Task TranslateAsync(HttpContext http, Uri url, string protocol, StreamRequest streams, CancellationToken ct)
    {
        using var runtime = await UpgradeClient.ConnectAsync(
            url, "POST", [("Connection", "Upgrade"), ("Upgrade", "SPDY/3.1"), ("X-Stream-Protocol-Version", "v4.channel.k8s.io")], ct);
        if (runtime.Status != StatusCodes.Status101SwitchingProtocols)
        {
            http.Response.StatusCode = StatusCodes.Status502BadGateway;
            await runtime.Stream.CopyToAsync(http.Response.Body, ct);
            return;
        }

        using var socket = await http.WebSockets.AcceptWebSocketAsync(protocol);
        using var spdy = new SpdyClient(runtime.Stream);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var channels = await OpenAsync(spdy, streams, stop.Token);
        var byStream = channels.ToDictionary(c => c.Value, c => c.Key);
        var open = channels.Where(c => c.Key is Channel.Stdout or Channel.Stderr or Channel.Error).Select(c => c.Value).ToHashSet();
        var finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // As Kubernetes' server does: an empty message tells the client that the streams are there.
        await socket.SendAsync(new[] { (byte)(streams.Stdout ? Channel.Stdout : streams.Stderr ? Channel.Stderr : Channel.Error) }, WebSocketMessageType.Binary, true, stop.Token);
        var down = spdy.ReadAsync(
            async (id, data, fin) =>
            {
                if (byStream.TryGetValue(id, out var channel) && data.Length > 0)
                {
                    var message = new byte[data.Length + 1];
                    message[0] = (byte)channel;
                    data.CopyTo(message.AsMemory(1));
                    await socket.SendAsync(message, WebSocketMessageType.Binary, true, stop.Token);
                }

                if (fin && open.Remove(id) && open.Count == 0) finished.TrySetResult();
            },
            stop.Token);
        var up = FromSocketAsync(
            socket,
            async (message, _) =>
            {
                if (message.Length == 0) return;
                var channel = (Channel)message.Span[0];
                // v5: the channel named after this byte has ended.
                if (channel == Channel.Close && message.Length > 1 && channels.TryGetValue((Channel)message.Span[1], out var ended))
                    await spdy.SendAsync(ended, default, fin: true, stop.Token);
                else if (channel is Channel.Stdin or Channel.Resize && channels.TryGetValue(channel, out var id))
                    await spdy.SendAsync(id, message[1..], fin: false, stop.Token);
            },
            stop.Token);
        await Task.WhenAny(finished.Task, down, up);
        await CloseAsync(socket, up);
        await stop.CancelAsync();
        await Task.WhenAll(up, down).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task<Dictionary<Channel, int>> OpenAsync(SpdyClient spdy, StreamRequest streams, CancellationToken ct)
    {
        var channels = new Dictionary<Channel, int> { [Channel.Error] = await Open("error") };
        if (streams.Stdin) channels[Channel.Stdin] = await Open("stdin");
        if (streams.Stdout) channels[Channel.Stdout] = await Open("stdout");
        if (streams.Stderr && !streams.Tty) channels[Channel.Stderr] = await Open("stderr");
        if (streams.Tty) channels[Channel.Resize] = await Open("resize");
        return channels;

        Task<int> Open(string type) => spdy.OpenAsync([("streamtype", type)], ct);
    }

    private static async Task FromSocketAsync(WebSocket socket, Func<ReadOnlyMemory<byte>, CancellationToken, Task> received, CancellationToken ct)
    {
        var buffer = new byte[BufferBytes];
        var filled = 0;
        while (true)
        {
            if (filled == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            var part = await socket.ReceiveAsync(buffer.AsMemory(filled), ct);
            if (part.MessageType == WebSocketMessageType.Close) return;
            filled += part.Count;
            if (!part.EndOfMessage) continue;
            await received(buffer.AsMemory(0, filled), ct);
            filled = 0;
        }
    }

    /// <param name="receiving">Ends when the client's own goodbye came: cutting the connection before would lose what is still on its way to it.</param>
    private static async Task CloseAsync(WebSocket socket, Task receiving)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return;
        using var limit = new CancellationTokenSource(_closeLimit);
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
            await receiving.WaitAsync(limit.Token);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or IOException)
        {
            // The client has gone first.
        }
    }

    /// <summary>First byte of a message of the channel protocols.</summary>
    private enum Channel : byte
    {
        Stdin = 0,
        Stdout = 1,
        Stderr = 2,
        Error = 3,
        Resize = 4,
        Close = 255,
    }
}
