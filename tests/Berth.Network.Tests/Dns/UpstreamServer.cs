using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Berth.Network.Dns;

namespace Berth.Network.Tests.Dns;

/// <summary>A recursive server of the outside world, as far as the tests need one: knows three names under example.com and counts who asks.</summary>
internal sealed class UpstreamServer : IDisposable
{
    private readonly Socket _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TcpListener _tcp;
    private readonly ConcurrentDictionary<string, int> _counts = new();

    public UpstreamServer()
    {
        _udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Address = (IPEndPoint)_udp.LocalEndPoint!;
        _tcp = new TcpListener(Address);
        _tcp.Start();
    }

    public IPEndPoint Address { get; }

    public int CountOf(string name) => _counts.GetValueOrDefault(name);

    public Task RunAsync(CancellationToken cancellation) => Task.WhenAll(UdpAsync(cancellation), TcpAsync(cancellation));

    private async Task UdpAsync(CancellationToken cancellation)
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var received = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), cancellation);
                var query = DnsMessage.Parse(buffer.AsSpan(0, received.ReceivedBytes));
                await _udp.SendToAsync(Answer(query).ToBytes(512), received.RemoteEndPoint, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task TcpAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                using var client = await _tcp.AcceptTcpClientAsync(cancellation);
                while (await DnsStream.ReadAsync(client.GetStream(), cancellation) is { } query)
                    await DnsStream.WriteAsync(client.GetStream(), Answer(DnsMessage.Parse(query)).ToBytes(), cancellation);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private DnsMessage Answer(DnsMessage query)
    {
        var name = query.Questions[0].Name;
        var text = name.ToString().ToLowerInvariant();
        _counts.AddOrUpdate(text, 1, (_, count) => count + 1);
        var soa = new DnsRecord(DnsName.Parse("example.com"), DnsType.SOA, 60, new SoaData(name, name, 1, 2, 3, 4, 60));
        ImmutableArray<DnsRecord> answers = text switch
        {
            "www.example.com" => [DnsRecord.Address(name, 300, IPAddress.Parse("192.0.2.1"))],
            "large.example.com" => [.. Enumerable.Range(0, 200).Select(i => DnsRecord.Address(name, 300, new IPAddress([192, 0, 2, (byte)i])))],
            _ => [],
        };
        return new DnsMessage
        {
            Id = query.Id,
            IsResponse = true,
            RecursionDesired = true,
            RecursionAvailable = true,
            Rcode = answers.IsEmpty ? DnsRcode.NxDomain : DnsRcode.NoError,
            Questions = query.Questions,
            Answers = answers,
            Authorities = answers.IsEmpty ? [soa] : [],
            Edns = new DnsEdns(1232),
        };
    }

    public void Dispose()
    {
        _udp.Dispose();
        _tcp.Dispose();
    }
}
