using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Berth.Network.Dns;

/// <summary>
/// Answers DNS queries over UDP and TCP:
/// <code>
/// datagram or stream → (1) parse → (2) cluster snapshot → (3) upstream, for what is not ours → (4) write, at most what the client takes
/// </code>
/// Cluster names and kept upstream answers are written on the receiving loop, without waiting; only a question to an upstream server leaves
/// it. The loops end with <see cref="RunAsync"/>'s token, or with the first error of a listening socket, which the owner sees and retries.
/// </summary>
public sealed partial class DnsServer : IDisposable
{
    /// <summary>Each holds a socket and a task; stub resolvers use TCP only for answers that UDP cannot carry.</summary>
    private const int ConnectionsMax = 256;

    /// <summary>RFC 7766 asks for "a few seconds" between queries of one connection.</summary>
    private static readonly TimeSpan ConnectionIdleMax = TimeSpan.FromSeconds(10);

    /// <summary>Linux' <c>IP_FREEBIND</c>: the pod bridge, whose address we listen on, may be made after us and may go and come back.</summary>
    private const int IpFreebind = 15;

    private readonly DnsForwarder? _forwarder;
    private readonly ILogger _logger;
    private readonly List<(Socket Udp, Socket Tcp)> _sockets = [];
    private DnsRecords _records;
    private uint _rotation;
    private int _pending;
    private int _connections;

    /// <param name="forwarder">Null: names outside the cluster are refused.</param>
    public DnsServer(DnsRecords records, DnsForwarder? forwarder, ILogger logger)
    {
        _records = records;
        _forwarder = forwarder;
        _logger = logger;
    }

    /// <summary>The snapshot that answers come from. Publishing another one takes effect with the next query.</summary>
    public DnsRecords Records
    {
        get => Volatile.Read(ref _records);
        set => Volatile.Write(ref _records, value);
    }

    /// <summary>Takes the first of <paramref name="ports"/> that is free for both UDP and TCP; 0 means any.</summary>
    /// <exception cref="IOException">None is free, or the address cannot be bound.</exception>
    public IPEndPoint Listen(IPAddress address, params ReadOnlySpan<int> ports)
    {
        SocketException? last = null;
        foreach (var port in ports)
        {
            Socket? udp = null;
            Socket? tcp = null;
            try
            {
                udp = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                udp.SetRawSocketOption(0, IpFreebind, BitConverter.GetBytes(1));
                // Room for a burst of some thousand queries while the loop is busy.
                udp.ReceiveBufferSize = 1 << 20;
                udp.Bind(new IPEndPoint(address, port));
                var bound = (IPEndPoint)udp.LocalEndPoint!;
                tcp = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                tcp.SetRawSocketOption(0, IpFreebind, BitConverter.GetBytes(1));
                tcp.Bind(bound);
                tcp.Listen(128);
                _sockets.Add((udp, tcp));
                return bound;
            }
            catch (SocketException e)
            {
                udp?.Dispose();
                tcp?.Dispose();
                last = e;
            }
        }
        throw new IOException($"cluster DNS cannot listen on {address}, port {string.Join(" or ", ports.ToArray())}: {last?.Message}", last);
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        List<Task> loops = [.. _sockets.Select(s => ReceiveAsync(s.Udp, stop.Token)), .. _sockets.Select(s => AcceptAsync(s.Tcp, stop.Token))];
        try
        {
            await await Task.WhenAny(loops).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to end.
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReceiveAsync(Socket socket, CancellationToken cancellation)
    {
        var query = GC.AllocateArray<byte>(4096, pinned: true);
        var reply = GC.AllocateArray<byte>(4096, pinned: true);
        var client = new SocketAddress(socket.AddressFamily);
        while (true)
        {
            var length = await socket.ReceiveFromAsync(query, SocketFlags.None, client, cancellation).ConfigureAwait(false);
            var written = Respond(query.AsSpan(0, length), reply, isTcp: false, out var pending);
            if (written > 0)
                Send(socket, reply.AsSpan(0, written), client);
            else if (pending is not null)
                _ = RespondLaterAsync(socket, pending, Copy(client), cancellation);
        }
    }

    private async Task RespondLaterAsync(Socket socket, DnsMessage query, SocketAddress client, CancellationToken cancellation)
    {
        var reply = await ForwardAsync(query, isTcp: false, cancellation).ConfigureAwait(false);
        if (reply.Length > 0 && !cancellation.IsCancellationRequested)
            Send(socket, reply.Span, client);
    }

    private void Send(Socket socket, ReadOnlySpan<byte> reply, SocketAddress client)
    {
        try
        {
            socket.SendTo(reply, SocketFlags.None, client);
        }
        catch (SocketException e)
        {
            // The client's address cannot be reached (any more). It will ask again if it is still there.
            LogSendFailed(e.Message);
        }
    }

    private static SocketAddress Copy(SocketAddress address)
    {
        var copy = new SocketAddress(address.Family, address.Size);
        address.Buffer.Span[..address.Size].CopyTo(copy.Buffer.Span);
        return copy;
    }

    private async Task AcceptAsync(Socket listener, CancellationToken cancellation)
    {
        while (true)
        {
            var connection = await listener.AcceptAsync(cancellation).ConfigureAwait(false);
            if (Interlocked.Increment(ref _connections) > ConnectionsMax)
            {
                Interlocked.Decrement(ref _connections);
                connection.Dispose();
                continue;
            }
            _ = ServeAsync(connection, cancellation);
        }
    }

    private async Task ServeAsync(Socket connection, CancellationToken cancellation)
    {
        try
        {
            using var stream = new NetworkStream(connection, ownsSocket: true);
            var reply = new byte[DnsMessage.TcpBytesMax];
            using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            while (true)
            {
                idle.CancelAfter(ConnectionIdleMax);
                if (await DnsStream.ReadAsync(stream, idle.Token).ConfigureAwait(false) is not { } query)
                    return;
                var written = Respond(query, reply, isTcp: true, out var pending);
                ReadOnlyMemory<byte> answer = pending is null
                    ? reply.AsMemory(0, written)
                    : await ForwardAsync(pending, isTcp: true, cancellation).ConfigureAwait(false);
                if (answer.Length == 0)
                    return;
                await DnsStream.WriteAsync(stream, answer.Span, idle.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The client went away, stayed silent too long, or the server ends.
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    /// <summary>
    /// Writes what can be answered at once and returns its length. 0 with <paramref name="pending"/>: the answer needs an upstream server. 0
    /// without: the bytes deserve no answer (not even a header, or themselves an answer, which would start a circle).
    /// </summary>
    internal int Respond(ReadOnlySpan<byte> bytes, Span<byte> reply, bool isTcp, out DnsMessage? pending)
    {
        pending = null;
        if (bytes.Length < DnsHeader.Bytes || (bytes[2] & 0x80) != 0)
            return 0;
        // (1)
        DnsMessage query;
        try
        {
            query = DnsMessage.Parse(bytes);
        }
        catch (DnsFormatException)
        {
            var header = new DnsReader(bytes).ReadHeader();
            return new DnsMessage { Id = header.Id, IsResponse = true, Opcode = (byte)((header.Flags >> 11) & 0xF), Rcode = DnsRcode.FormErr }
                .Write(reply, DnsMessage.UdpBytesMax);
        }
        var limit = Limit(query, isTcp);
        if (Refusal(query) is { } refusal)
            return Reply(query, new DnsAnswer(refusal, [], [], []), authoritative: false).Write(reply, limit);
        // (2)
        var question = query.Questions[0];
        if (Records.Resolve(question.Name, question.Type) is { } answer)
        {
            answer = FollowInside(answer, question.Type);
            if (answer.Alias is null || _forwarder is null)
                return Reply(query, answer, authoritative: true).Write(reply, limit); // (4)
        }
        // (3)
        else if (_forwarder is null)
        {
            return Reply(query, new DnsAnswer(DnsRcode.Refused, [], [], []), authoritative: false).Write(reply, limit);
        }
        else if (_forwarder.TryWriteCached(query, reply, limit) is > 0 and var written)
        {
            return written;
        }
        if (Volatile.Read(ref _pending) >= _forwarder!.InFlightMax)
            return Reply(query, new DnsAnswer(DnsRcode.ServFail, [], [], []), authoritative: false).Write(reply, limit);
        pending = query;
        return 0;
    }

    private static DnsRcode? Refusal(DnsMessage query) => query switch
    {
        { Opcode: not 0 } => DnsRcode.NotImp,
        { Questions.Length: not 1 } => DnsRcode.FormErr,
        { Edns.Version: > 0 } => DnsRcode.BadVers,
        _ when query.Questions[0].Class is not (DnsClass.IN or DnsClass.ANY) => DnsRcode.Refused,
        _ => null,
    };

    /// <summary>Completes an answer that ends in an alias to another cluster name. Eight steps are more than any honest chain has.</summary>
    private DnsAnswer FollowInside(DnsAnswer answer, DnsType type)
    {
        for (var step = 0; step < 8 && answer.Alias is { } alias && Records.Resolve(alias, type) is { } next; step++)
            answer = next with { Answers = answer.Answers.AddRange(next.Answers) };
        return answer;
    }

    // An upstream failure is SERVFAIL for the client, never silence: it would wait for its own time-out.
    private async Task<ReadOnlyMemory<byte>> ForwardAsync(DnsMessage query, bool isTcp, CancellationToken cancellation)
    {
        var limit = Limit(query, isTcp);
        var reply = new byte[limit];
        var question = query.Questions[0];
        Interlocked.Increment(ref _pending);
        try
        {
            var local = Records.Resolve(question.Name, question.Type) is { } inside ? FollowInside(inside, question.Type) : null;
            if (local?.Alias is not { } alias)
            {
                if (await _forwarder!.ResolveAsync(query, cancellation).ConfigureAwait(false) is { } upstream)
                    return reply.AsMemory(0, upstream.Answer.Write(reply, limit, query, upstream.Age));
                return reply.AsMemory(0, Reply(query, new DnsAnswer(DnsRcode.ServFail, [], [], []), authoritative: false).Write(reply, limit));
            }
            var chased = new DnsMessage { Questions = [question with { Name = alias }], CheckingDisabled = query.CheckingDisabled };
            var rest = await _forwarder!.ResolveAsync(chased, cancellation).ConfigureAwait(false);
            if (rest is { } found)
            {
                // Where the chain goes on outside, its records carry the age they have in the cache only coarsely: the alias' own 5 s bound it.
                var (rcode, answers, authorities) = found.Answer.Records();
                local = local with { Rcode = rcode, Answers = local.Answers.AddRange(answers), Authorities = authorities };
            }
            // Without the rest, the alias alone is still the truth about the cluster's own name.
            return reply.AsMemory(0, Reply(query, local, authoritative: rest is null).Write(reply, limit));
        }
        catch (Exception e) when (e is IOException or SocketException or DnsFormatException or UnauthorizedAccessException)
        {
            LogForwardFailed(question.Name, e.Message);
            return reply.AsMemory(0, Reply(query, new DnsAnswer(DnsRcode.ServFail, [], [], []), authoritative: false).Write(reply, limit));
        }
        catch (OperationCanceledException)
        {
            return ReadOnlyMemory<byte>.Empty;
        }
        catch (Exception e)
        {
            // Nobody awaits this task: a fault of ours would vanish, and with it every answer of its kind.
            LogForwardFault(question.Name, e);
            return ReadOnlyMemory<byte>.Empty;
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }

    private static int Limit(DnsMessage query, bool isTcp) => isTcp
        ? DnsMessage.TcpBytesMax
        : Math.Clamp((int)(query.Edns?.UdpPayloadBytes ?? DnsMessage.UdpBytesMax), DnsMessage.UdpBytesMax, DnsMessage.EdnsBytesMax);

    private DnsMessage Reply(DnsMessage query, DnsAnswer answer, bool authoritative) => new()
    {
        Id = query.Id,
        IsResponse = true,
        Opcode = query.Opcode,
        Authoritative = authoritative,
        RecursionDesired = query.RecursionDesired,
        RecursionAvailable = _forwarder is not null,
        Rcode = answer.Rcode,
        Questions = query.Questions,
        Answers = Rotate(answer.Answers),
        Authorities = answer.Authorities,
        Additionals = answer.Additionals,
        Edns = query.Edns is { } edns ? new DnsEdns(DnsMessage.EdnsBytesMax, edns.DnssecOk) : null,
    };

    /// <summary>Most clients take the first address: each answer starts with the next one. A chain of aliases keeps its order.</summary>
    private ImmutableArray<DnsRecord> Rotate(ImmutableArray<DnsRecord> answers)
    {
        if (answers.Length < 2 || answers[0].Type is not (DnsType.A or DnsType.AAAA or DnsType.SRV))
            return answers;
        // Racing loops may use one start twice, which is as good.
        var start = (int)(_rotation++ % (uint)answers.Length);
        return [.. answers.AsSpan()[start..], .. answers.AsSpan()[..start]];
    }

    public void Dispose()
    {
        foreach (var (udp, tcp) in _sockets)
        {
            udp.Dispose();
            tcp.Dispose();
        }
        _sockets.Clear();
    }

    [LoggerMessage(7101, LogLevel.Debug, "A DNS answer could not be sent: {Error}")]
    private partial void LogSendFailed(string error);

    [LoggerMessage(7103, LogLevel.Error, "A fault in forwarding the DNS query for {Name}")]
    private partial void LogForwardFault(DnsName name, Exception fault);

    [LoggerMessage(7102, LogLevel.Warning, "Forwarding the DNS query for {Name} failed: {Error}")]
    private partial void LogForwardFailed(DnsName name, string error);
}
