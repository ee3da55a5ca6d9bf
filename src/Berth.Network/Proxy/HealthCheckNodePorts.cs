using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Api;
using Microsoft.Extensions.Logging;

namespace Berth.Network.Proxy;

/// <summary>
/// Tells balancers outside which nodes have endpoints of a Service with external traffic policy Local: an HTTP answer of 200 on the
/// Service's health-check node port where there are some, 503 where there are none, in kube-proxy's words. Owned by the proxy's loop.
/// </summary>
internal sealed partial class HealthCheckNodePorts(IHostNetwork host, ILogger logger) : IDisposable
{
    /// <summary>A probe is one small request; who sends more, or takes longer, is no balancer.</summary>
    private const int RequestBytesMax = 8192;

    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(5);

    private readonly Dictionary<ObjectKey, Listener> _listeners = [];
    private readonly ConcurrentDictionary<ObjectKey, int> _endpoints = new();

    /// <param name="wanted">Each Service with a health-check node port: the port, and the number of its ready endpoints on this node.</param>
    public void Set(IReadOnlyDictionary<ObjectKey, (int Port, int Endpoints)> wanted)
    {
        foreach (var (key, listener) in _listeners.ToList())
        {
            if (wanted.TryGetValue(key, out var want) && want.Port == listener.Port)
                continue;
            listener.Dispose();
            _listeners.Remove(key);
            _endpoints.TryRemove(key, out _);
        }

        foreach (var (key, (port, endpoints)) in wanted)
        {
            _endpoints[key] = endpoints;
            if (_listeners.ContainsKey(key))
                continue;
            try
            {
                var socket = host.Open(() => Listen(port));
                _listeners[key] = new Listener(port, socket);
                _ = ServeAsync(key, socket);
            }
            catch (SocketException e)
            {
                // Tried again with the next change; the Service itself works without.
                LogCannotListen(key, port, e.Message);
            }
        }
    }

    public void Dispose() => Set(new Dictionary<ObjectKey, (int, int)>());

    private static Socket Listen(int port)
    {
        // Of both families at once, where the kernel has both.
        var v6 = Socket.OSSupportsIPv6;
        var socket = v6 ? new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true } : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(v6 ? IPAddress.IPv6Any : IPAddress.Any, port));
            socket.Listen(16);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task ServeAsync(ObjectKey key, Socket listener)
    {
        while (true)
        {
            try
            {
                var connection = await listener.AcceptAsync().ConfigureAwait(false);
                _ = AnswerAsync(key, connection);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(ObjectKey key, Socket connection)
    {
        using var owned = connection;
        using var limit = new CancellationTokenSource(RequestLimit);
        try
        {
            var buffer = new byte[RequestBytesMax];
            var length = 0;
            while (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
            {
                var read = length < buffer.Length ? await connection.ReceiveAsync(buffer.AsMemory(length), limit.Token).ConfigureAwait(false) : 0;
                if (read == 0)
                    return;
                length += read;
            }
            await connection.SendAsync(Answer(key, _endpoints.GetValueOrDefault(key)), limit.Token).ConfigureAwait(false);
            connection.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The prober went away.
        }
    }

    private static byte[] Answer(ObjectKey key, int endpoints)
    {
        // That this answers at all means that the proxy runs. Names of Services need no escaping in JSON.
        var body = string.Create(CultureInfo.InvariantCulture,
            $"{{\n\t\"service\": {{\n\t\t\"namespace\": \"{key.Namespace}\",\n\t\t\"name\": \"{key.Name}\"\n\t}},\n\t\"localEndpoints\": {endpoints},\n\t\"serviceProxyHealthy\": true\n}}");
        var status = endpoints > 0 ? "200 OK" : "503 Service Unavailable";
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nX-Content-Type-Options: nosniff\r\nX-Load-Balancing-Endpoint-Weight: {endpoints}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
    }

    [LoggerMessage(7311, LogLevel.Warning, "Cannot listen on port {Port} for health checks of Service {Service}: {Error}")]
    private partial void LogCannotListen(ObjectKey service, int port, string error);

    private sealed record Listener(int Port, Socket Socket) : IDisposable
    {
        public void Dispose() => Socket.Dispose();
    }
}
