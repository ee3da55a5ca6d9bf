using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Berth.Network.Dns;

/// <summary>
/// Asks upstream servers for names that are not the cluster's, and keeps answers for a while. Each attempt has a socket of its own, so that
/// its port and its random id both have to be guessed by who wants to forge an answer. Clients that ask the same at the same time share one
/// attempt. Where no server answers, the result is null and the client gets SERVFAIL.
/// </summary>
public sealed class DnsForwarder
{
    private readonly DnsForwarderOptions _options;
    private readonly TimeProvider _time;
    private readonly ResolvConf _resolvConf;
    private readonly DnsCache _cache;
    private readonly ConcurrentDictionary<CacheKey, Task<UpstreamAnswer?>> _inFlight = new();
    private volatile Sources _sources;

    public DnsForwarder(DnsForwarderOptions options, TimeProvider? time = null)
    {
        _options = options;
        _time = time ?? TimeProvider.System;
        _resolvConf = new ResolvConf(options.ResolvConf, _time);
        _cache = new DnsCache(options.CacheEntriesMax, _time);
        _sources = new Sources(DnsSettings.Empty);
    }

    /// <summary>Takes effect with the next question; answers that are kept stay until their time is up.</summary>
    public void Set(DnsSettings settings) => _sources = new Sources(settings);

    internal int InFlightMax => _options.InFlightMax;

    private ImmutableArray<IPEndPoint> ServersOf(ServerList list)
    {
        // Another server on the same machine, at another port, may well be meant where somebody wrote it down.
        if (!list.Servers.IsEmpty)
            return list.Servers.RemoveAll(s => s.Port == 53 && _options.Excluded.Contains(s.Address));
        var servers = !_options.Servers.IsEmpty ? _options.Servers : _resolvConf.Servers;
        return _options.Excluded.IsEmpty ? servers : servers.RemoveAll(s => _options.Excluded.Contains(s.Address));
    }

    /// <summary>Writes a kept answer, or returns 0 where there is none.</summary>
    internal int TryWriteCached(DnsMessage query, Span<byte> destination, int limit) =>
        _cache.TryGet(CacheKey.Of(query), out var answer, out var age) ? answer.Write(destination, limit, query, age) : 0;

    /// <summary>The upstream servers' answer, from the cache where it is there; null where no server gave one in time, or too many queries wait.</summary>
    internal async ValueTask<(UpstreamAnswer Answer, TimeSpan Age)?> ResolveAsync(DnsMessage query, CancellationToken cancellation)
    {
        var key = CacheKey.Of(query);
        if (_cache.TryGet(key, out var kept, out var age))
            return (kept, age);
        if (!_inFlight.TryGetValue(key, out var task))
        {
            if (_inFlight.Count >= _options.InFlightMax)
                return null;
            var source = new TaskCompletionSource<UpstreamAnswer?>(TaskCreationOptions.RunContinuationsAsynchronously);
            task = _inFlight.GetOrAdd(key, source.Task);
            if (task == source.Task)
                _ = CompleteAsync(key, source);
        }
        var answer = await task.WaitAsync(cancellation).ConfigureAwait(false);
        return answer is null ? null : (answer, TimeSpan.Zero);
    }

    // Not cancelled with the client that happened to ask first: others may wait for it. AttemptTimeout bounds it.
    private async Task CompleteAsync(CacheKey key, TaskCompletionSource<UpstreamAnswer?> source)
    {
        try
        {
            var answer = await AskServersAsync(key).ConfigureAwait(false);
            if (answer is { Keep.Ticks: > 0 })
                _cache.Set(key, answer, answer.Keep);
            _inFlight.TryRemove(key, out _);
            source.SetResult(answer);
        }
        catch (Exception e)
        {
            _inFlight.TryRemove(key, out _);
            source.SetException(e);
        }
    }

    private async Task<UpstreamAnswer?> AskServersAsync(CacheKey key)
    {
        var list = _sources.For(key.Name);
        var servers = ServersOf(list);
        UpstreamAnswer? refusal = null;
        for (var attempt = 0; attempt < _options.AttemptsMax && servers.Length > 0; attempt++)
        {
            var index = (list.Preferred + attempt) % servers.Length;
            try
            {
                var answer = await AskAsync(servers[index], key).ConfigureAwait(false);
                if (answer is { Rcode: DnsRcode.NoError or DnsRcode.NxDomain })
                {
                    // Later queries start with the server that answered: one that is down costs a time-out once, not each time.
                    list.Preferred = index;
                    return answer;
                }
                refusal = answer ?? refusal;
            }
            catch (Exception e) when (e is SocketException or IOException or OperationCanceledException or DnsFormatException)
            {
                // Refused, unreachable, silent or talking nonsense: the next server has its turn.
            }
        }
        return refusal;
    }

    private async Task<UpstreamAnswer?> AskAsync(IPEndPoint server, CacheKey key)
    {
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        var question = new DnsQuestion(key.Name, key.Type, key.Class);
        var query = new DnsMessage
        {
            Id = id,
            RecursionDesired = true,
            CheckingDisabled = key.CheckingDisabled,
            Questions = [question],
            Edns = new DnsEdns(DnsMessage.EdnsBytesMax, key.DnssecOk),
        };
        var bytes = query.ToBytes();
        using var timeout = new CancellationTokenSource(_options.AttemptTimeout, _time);
        var answer = await AskUdpAsync(server, bytes, id, question, timeout.Token).ConfigureAwait(false);
        return answer.Truncated ? await AskTcpAsync(server, bytes, id, question, timeout.Token).ConfigureAwait(false) : answer;
    }

    private async Task<UpstreamAnswer> AskUdpAsync(IPEndPoint server, byte[] query, ushort id, DnsQuestion question, CancellationToken cancellation)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellation).ConfigureAwait(false);
        await socket.SendAsync(query, SocketFlags.None, cancellation).ConfigureAwait(false);
        var buffer = new byte[4096];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellation).ConfigureAwait(false);
            if (UpstreamAnswer.Parse(buffer.AsSpan(0, length), id, question, _options) is { } answer)
                return answer;
        }
    }

    private async Task<UpstreamAnswer?> AskTcpAsync(IPEndPoint server, byte[] query, ushort id, DnsQuestion question, CancellationToken cancellation)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, cancellation).ConfigureAwait(false);
        using var stream = new NetworkStream(socket);
        await DnsStream.WriteAsync(stream, query, cancellation).ConfigureAwait(false);
        var answer = await DnsStream.ReadAsync(stream, cancellation).ConfigureAwait(false)
            ?? throw new IOException($"DNS server {server} closed the connection without an answer");
        return UpstreamAnswer.Parse(answer, id, question, _options);
    }

    /// <summary>Which servers know a name: those of the longest stub zone that it is in, or the upstream ones.</summary>
    private sealed class Sources(DnsSettings settings)
    {
        private readonly ServerList _upstream = new(settings.Upstreams);
        private readonly ImmutableArray<(DnsName Zone, ServerList List)> _stubs =
            [.. settings.Stubs.OrderByDescending(s => s.Zone.LabelCount).Select(s => (s.Zone, new ServerList(s.Servers)))];

        public ServerList For(DnsName name)
        {
            foreach (var (zone, list) in _stubs)
            {
                if (name.LabelsBelow(zone) >= 0)
                    return list;
            }
            return _upstream;
        }
    }

    private sealed class ServerList(ImmutableArray<IPEndPoint> servers)
    {
        public ImmutableArray<IPEndPoint> Servers { get; } = servers;

        /// <summary>Index of the server that answered last. Lost updates do no harm.</summary>
        public int Preferred { get; set; }
    }
}
