using System.Net;
using System.Net.NetworkInformation;
using Berth.Api.Coordination.V1;
using Berth.Api.Core.V1;
using Berth.Client.Informers;
using Berth.Network.LoadBalancers;
using Berth.Network.Tests.Lab;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Network.Tests.LoadBalancers;

/// <summary>Two nodes and a client on one network; real interfaces, real ARP.</summary>
public sealed class AddressAnnouncerTests : IAsyncLifetime
{
    private const string Address = "192.0.2.200";

    private readonly string _state = Directory.CreateTempSubdirectory("berth-test-").FullName;
    private readonly FakeCluster _cluster = new();
    private readonly List<NetworkNamespace> _nodes = [];
    private NetworkNamespace _switch = null!;
    private NetworkNamespace _client = null!;

    public async ValueTask InitializeAsync()
    {
        _switch = await NetworkNamespace.CreateAsync("switch");
        await _switch.IpAsync("link add br0 type bridge");
        await _switch.IpAsync("link set br0 up");
        _client = await JoinAsync("client", 9);
        for (var i = 0; i < 2; i++)
        {
            _nodes.Add(await JoinAsync($"node{i}", i + 1));
            Put($"node-{i}", $"192.0.2.{i + 1}", ready: true);
        }
        _cluster.Put(new Service
        {
            Metadata = new() { Namespace = "default", Name = "web" },
            Spec = new() { Type = "LoadBalancer", ClusterIP = "10.96.0.20", Ports = [new() { Port = 80 }] },
            Status = new() { LoadBalancer = new() { Ingress = [new() { Ip = Address, IpMode = "VIP" }] } },
        });
    }

    [Fact]
    public async Task Address_OfTwoNodes_IsOnOneAndMovesWhenThatEnds()
    {
        using var stopAll = new CancellationTokenSource();
        CancellationTokenSource[] stops = [CancellationTokenSource.CreateLinkedTokenSource(stopAll.Token), CancellationTokenSource.CreateLinkedTokenSource(stopAll.Token)];
        var running = new[] { Run(0, stops[0].Token), Run(1, stops[1].Token) };
        var first = await HolderAsync(-1);
        Assert.Equal("", await AddressesAsync(1 - first));
        // The client learns the address from the holder, and from the other once that has taken over.
        Assert.Equal(await HardwareAsync(first), await NeighbourAsync());
        // With another node to take over, the kernel takes the address away if the agent no longer renews it.
        Assert.Contains("valid_lft 1", await _nodes[first].ShowAsync("ip", "address", "show", "to", Address), StringComparison.Ordinal);

        await stops[first].CancelAsync();
        await running[first];
        Assert.Equal("", await AddressesAsync(first));
        Put($"node-{first}", $"192.0.2.{first + 1}", ready: false);
        var second = await HolderAsync(first);
        Assert.Equal(1 - first, second);
        var hardware = await HardwareAsync(second);
        await Eventually.Become(NeighbourTableAsync, table => table.Contains(hardware, StringComparison.Ordinal));
        await stopAll.CancelAsync();
        await Task.WhenAll(running);
        // Nobody could take over from the last one.
        Assert.NotEqual("", await AddressesAsync(second));
    }

    [Fact]
    public async Task Address_OfAServiceThatIsGone_IsRemoved()
    {
        Put("node-1", "192.0.2.2", ready: false);
        using var stop = new CancellationTokenSource();
        var running = Run(0, stop.Token);
        await HolderAsync(1);
        await _cluster.DeleteAsync<Service>("default", "web", ct: TestContext.Current.CancellationToken);
        await Eventually.Become(() => AddressesAsync(0), a => a.Length == 0);
        await Eventually.Become(async () => (await _cluster.ListAsync<Lease>()).Items.Count, n => n == 0);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Address_OfAServiceThatWentWhileTheNodeWasStopped_IsRemovedAtTheNextStart()
    {
        Put("node-1", "192.0.2.2", ready: false);
        using var first = new CancellationTokenSource();
        var running = Run(0, first.Token);
        await HolderAsync(1);
        await first.CancelAsync();
        await running;
        Assert.NotEqual("", await AddressesAsync(0));
        await _cluster.DeleteAsync<Service>("default", "web", ct: TestContext.Current.CancellationToken);
        using var second = new CancellationTokenSource();
        running = Run(0, second.Token);
        await Eventually.Become(() => AddressesAsync(0), a => a.Length == 0);
        await second.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Purge_LeavesNoAddress()
    {
        Put("node-1", "192.0.2.2", ready: false);
        using var stop = new CancellationTokenSource();
        var running = Run(0, stop.Token);
        await HolderAsync(1);
        await stop.CancelAsync();
        await running;
        await AddressAnnouncer.PurgeAsync(Record(0), _nodes[0], TestContext.Current.CancellationToken);
        Assert.Equal("", await AddressesAsync(0));
        Assert.Empty(Directory.GetFiles(_state));
    }

    [Fact]
    public void Choice_NodesCome_MovesOnlyWhatTheyTake()
    {
        var addresses = Enumerable.Range(1, 200).Select(i => new IPAddress([192, 0, 2, (byte)i])).ToList();
        string[] few = ["a", "b", "c"];
        string[] more = ["a", "b", "c", "d"];
        var moved = addresses.Where(a => AnnouncerChoice.Of(a, few)[0] != AnnouncerChoice.Of(a, more)[0]).ToList();
        Assert.All(moved, a => Assert.Equal("d", AnnouncerChoice.Of(a, more)[0]));
        // A fair share is 50.
        Assert.InRange(moved.Count, 25, 80);
    }

    [Fact]
    public void Frame_OfAnAddress_IsAnArpRequestForItselfToEverybody() => Assert.Equal(
        "FFFFFFFFFFFF020000000001" + "0806" + "0001" + "0800" + "0604" + "0001" + "020000000001" + "C00002C8" + "000000000000" + "C00002C8",
        Convert.ToHexString(Announcement.Frame(IPAddress.Parse(Address), PhysicalAddress.Parse("02-00-00-00-00-01"))));

    [Fact]
    public void Frame_OfAnIpv6Address_IsANeighbourAdvertisementToAllNodes() => Assert.Equal(
        "333300000001" + "020000000001" + "86DD" + "60000000" + "0020" + "3A" + "FF" + "20010DB8000000000000000000000005" + "FF020000000000000000000000000001"
        + "8800" + "F922" + "20000000" + "20010DB8000000000000000000000005" + "0201" + "020000000001",
        Convert.ToHexString(Announcement.Frame(IPAddress.Parse("2001:db8::5"), PhysicalAddress.Parse("02-00-00-00-00-01"))));

    private async Task<NetworkNamespace> JoinAsync(string role, int number)
    {
        var result = await NetworkNamespace.CreateAsync(role);
        await _switch.IpAsync($"link add p{number} type veth peer name eth0 netns {result.Name}");
        await _switch.IpAsync($"link set p{number} master br0");
        await _switch.IpAsync($"link set p{number} up");
        await result.IpAsync($"address add 192.0.2.{number}/24 dev eth0");
        await result.IpAsync("link set eth0 up");
        return result;
    }

    private void Put(string name, string address, bool ready) => _cluster.Put(new Node
    {
        Metadata = new() { Name = name },
        Status = new() { Addresses = [new() { Type = "InternalIP", Address = address }], Conditions = [new() { Type = "Ready", Status = ready ? "True" : "False" }] },
    });

    private string Record(int node) => Path.Combine(_state, $"node-{node}.addresses");

    private Task Run(int node, CancellationToken stop)
    {
        var informers = new InformerFactory(_cluster);
        var announcer = new AddressAnnouncer(informers, $"node-{node}", Record(node), _nodes[node], NullLogger<AddressAnnouncer>.Instance);
        return Task.WhenAll(informers.RunAsync(stop), announcer.RunAsync(stop));
    }

    private async Task<int> HolderAsync(int not)
    {
        return await Eventually.Become(async () =>
        {
            for (var i = 0; i < 2; i++)
            {
                if (i != not && (await AddressesAsync(i)).Length > 0)
                    return i;
            }
            return -1;
        }, i => i >= 0);
    }

    private Task<string> AddressesAsync(int node) => _nodes[node].ShowAsync("ip", "-o", "address", "show", "to", Address);

    private async Task<string> HardwareAsync(int node) => (await _nodes[node].ShowAsync("cat", "/sys/class/net/eth0/address")).Trim();

    private async Task<string> NeighbourAsync()
    {
        await _client.ConnectAsync(Address, 9);
        return (await NeighbourTableAsync()).Split(' ').SkipWhile(w => w != "lladdr").ElementAtOrDefault(1) ?? "";
    }

    private Task<string> NeighbourTableAsync() => _client.ShowAsync("ip", "neighbour", "show", Address);

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(_state, recursive: true);
        foreach (var item in _nodes.Append(_client).Append(_switch))
            await item.DisposeAsync();
    }
}
