using System.Net;
using System.Net.Sockets;
using Berth.Linux.Namespaces;
using Berth.Linux.Processes;

namespace Berth.Linux.Tests.Namespaces;

public sealed class NetworkNamespaceTests : IAsyncLifetime
{
    private readonly string _name = $"berth-test-{Guid.NewGuid():N}"[..20];

    private string NamespacePath => $"/run/netns/{_name}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Root.Require();
        await ProcessRunner.RunAsync("ip", ["netns", "add", _name]);
        await ProcessRunner.RunAsync("ip", ["-n", _name, "link", "set", "lo", "up"]);
    }

    public async ValueTask DisposeAsync() => await ProcessRunner.TryRunAsync("ip", ["netns", "delete", _name]);

    [Fact]
    public async Task Socket_MadeInsideNamespace_ReachesOnlyWhatListensThere()
    {
        using var listener = await NetworkNamespace.CreateSocketAsync(NamespacePath, AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();

        using var inside = await NetworkNamespace.CreateSocketAsync(NamespacePath, AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await inside.ConnectAsync(listener.LocalEndPoint!, Cancellation);
        using var outside = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(async () => await outside.ConnectAsync(listener.LocalEndPoint!, Cancellation));

        Assert.True(inside.Connected);
    }

    [Fact]
    public async Task Run_InMissingNamespace_NamesIt()
    {
        var error = await Assert.ThrowsAsync<LinuxException>(() => NetworkNamespace.RunAsync("/run/netns/none-such", () => 1));

        Assert.Contains("/run/netns/none-such", error.Message);
    }
}
