using System.Net.Sockets;
using System.Text;

namespace Berth.Node.Streaming;

/// <summary>A connection to the runtime's streaming server on which an upgrade was asked for.</summary>
/// <param name="Stream">After a 101 the upgraded connection, else the rest of the answer.</param>
internal sealed record UpgradedConnection(int Status, IReadOnlyList<(string Name, string Value)> Headers, Stream Stream) : IDisposable
{
    public void Dispose() => Stream.Dispose();
}

/// <summary>Sends one HTTP/1.1 request that asks for an upgrade and reads the head of the answer, byte for byte: what follows belongs to the new protocol.</summary>
internal static class UpgradeClient
{
    private const int HeadBytesMax = 32 * 1024;

    /// <exception cref="IOException">The server is not there, or its answer is not HTTP.</exception>
    public static async Task<UpgradedConnection> ConnectAsync(Uri url, string method, IEnumerable<(string Name, string Value)> headers, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(url.Host, url.Port, ct);
            var stream = new NetworkStream(socket, ownsSocket: true);
            var request = new StringBuilder($"{method} {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\n");
            foreach (var (name, value) in headers) request.Append(name).Append(": ").Append(value).Append("\r\n");
            if (method == "POST") request.Append("Content-Length: 0\r\n");
            await stream.WriteAsync(Encoding.ASCII.GetBytes(request.Append("\r\n").ToString()), ct);
            var head = await ReadHeadAsync(stream, ct);
            var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            var status = lines.Length > 0 && lines[0].Split(' ') is [_, var code, ..] && int.TryParse(code, out var number)
                ? number
                : throw new IOException("the runtime's streaming server did not answer in HTTP");
            var answer = lines.Skip(1).Select(l => l.Split(':', 2)).Where(p => p.Length == 2).Select(p => (p[0], p[1].Trim())).ToList();
            return new UpgradedConnection(status, answer, stream);
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new IOException($"connect to the runtime's streaming server: {error.Message}", error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<string> ReadHeadAsync(Stream stream, CancellationToken ct)
    {
        var head = new MemoryStream();
        var one = new byte[1];
        while (head.Length < HeadBytesMax)
        {
            if (await stream.ReadAsync(one, ct) == 0) throw new IOException("the runtime's streaming server closed the connection");
            head.WriteByte(one[0]);
            if (one[0] == (byte)'\n' && head.Length >= 4 && head.GetBuffer().AsSpan((int)head.Length - 4, 4).SequenceEqual("\r\n\r\n"u8))
                return Encoding.ASCII.GetString(head.GetBuffer(), 0, (int)head.Length);
        }

        throw new IOException("the answer of the runtime's streaming server has no end");
    }
}
