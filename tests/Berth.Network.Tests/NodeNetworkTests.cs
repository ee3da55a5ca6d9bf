using System.Net;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Client.Informers;
using Berth.Network.Tests.Lab;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Network.Tests;

/// <summary>All parts together, on this machine's own network: DNS listens in the process' namespace. Uses networks set aside for documentation.</summary>
public sealed class NodeNetworkTests
{
    [Fact]
    public void InstanceOf_DataDirectory_NamesInterfacesThatFit()
    {
        Assert.Equal("", NodeNetworkOptions.InstanceOf("/var/lib/berth/"));
        var other = Options("/tmp/other");
        Assert.InRange(other.Bridge.Length, 1, 15);
        Assert.NotEqual(other.Bridge, Options("/tmp/another").Bridge);
        Assert.Equal(IPAddress.Parse("203.0.113.10"), other.DnsServiceAddress);
        Assert.Equal(IPAddress.Parse("198.51.100.1"), other.Gateway);
    }

    [Fact]
    public async Task Network_Prepared_AnswersDnsThroughTheServiceAddressAndIsPurged()
    {
        var token = TestContext.Current.CancellationToken;
        var host = new HostNetwork();
        var options = Options($"/tmp/berth-test-{Environment.ProcessId}");
        var cluster = new FakeCluster();
        cluster.Put(new Namespace { Metadata = new ObjectMeta { Name = "kube-system" } });
        var informers = new InformerFactory(cluster);
        using var stop = new CancellationTokenSource();
        try
        {
            using var network = await NodeNetwork.PrepareAsync(informers, options, host, NullLoggerFactory.Instance, TimeProvider.System, token);
            var running = Task.WhenAll(informers.RunAsync(stop.Token), network.RunAsync(stop.Token));
            await network.WaitForReadyAsync(token).WaitAsync(TimeSpan.FromSeconds(20), token);
            var query = Dns.DnsServerTests.Query("kube-dns.kube-system.svc.cluster.local", Network.Dns.DnsType.A);
            var answer = await Eventually.Become(
                () => Dns.DnsServerTests.UdpAsync(new IPEndPoint(options.DnsServiceAddress, 53), query), a => a.Answers.Length == 1);
            Assert.Equal(new Network.Dns.AddressData(options.DnsServiceAddress), answer.Answers[0].Data);
            await stop.CancelAsync();
            await running;
        }
        finally
        {
            await NodeNetwork.PurgeAsync(options, host, NullLoggerFactory.Instance, token);
        }
        Assert.DoesNotContain(options.Table, await host.RunAsync("nft", ["list", "tables"], cancellation: token), StringComparison.Ordinal);
        Assert.DoesNotContain(options.Bridge, await host.RunAsync("ip", ["-br", "link"], cancellation: token), StringComparison.Ordinal);
    }

    private static NodeNetworkOptions Options(string directory) => new()
    {
        Instance = NodeNetworkOptions.InstanceOf(directory),
        NodeName = "node",
        PodNetwork = IPNetwork.Parse("198.51.100.0/24"),
        ServiceNetwork = IPNetwork.Parse("203.0.113.0/24"),
    };
}
