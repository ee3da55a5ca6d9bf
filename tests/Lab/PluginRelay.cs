using System.Net;
using System.Net.Sockets;

namespace Berth.Lab.Tests;

/// <summary>
/// Lets a device plugin of this process serve the agent in the virtual machine: its socket appears there, and the agent's
/// registration socket here, joined by TCP through the emulated network and socat.
/// </summary>
public sealed class PluginRelay : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly LabMachine _lab;
    private readonly TcpListener _toPlugin = new(IPAddress.Loopback, 0);
    private readonly Socket _toAgent = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly List<Task> _running = [];

    private PluginRelay(LabMachine lab) => _lab = lab;

    /// <summary>For the plugin: its own socket and kubelet.sock lie here.</summary>
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("berth-lab-plugin-").FullName;

    /// <param name="there">The agent's directory for plugins.</param>
    public static async Task<PluginRelay> StartAsync(LabMachine lab, string there)
    {
        var relay = new PluginRelay(lab);
        relay._toPlugin.Start();
        relay._toAgent.Bind(new UnixDomainSocketEndPoint(Path.Combine(relay.Directory, "kubelet.sock")));
        relay._toAgent.Listen();
        relay._running.Add(relay.AcceptAsync(relay._toPlugin.Server, () => new UnixDomainSocketEndPoint(Path.Combine(relay.Directory, "test.sock"))));
        relay._running.Add(relay.AcceptAsync(relay._toAgent, () => new IPEndPoint(IPAddress.Loopback, lab.RelayPort)));
        var port = ((IPEndPoint)relay._toPlugin.LocalEndpoint).Port;
        // 10.0.2.2 is this machine as the emulated network shows it.
        await lab.ShellAsync($"setsid socat TCP-LISTEN:7000,reuseaddr,fork UNIX-CONNECT:{there}/kubelet.sock </dev/null >/dev/null 2>&1 & setsid socat UNIX-LISTEN:{there}/test.sock,fork TCP:10.0.2.2:{port} </dev/null >/dev/null 2>&1 &");
        await lab.WaitAsync(() => lab.ShellAsync($"ls {there}; netstat -ltn"), text => text.Contains("test.sock", StringComparison.Ordinal) && text.Contains(":7000", StringComparison.Ordinal), "the relay");
        return relay;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _toPlugin.Dispose();
        _toAgent.Dispose();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        System.IO.Directory.Delete(Directory, recursive: true);
        await _lab.ShellAsync("kill $(pidof socat)");
        _stop.Dispose();
    }

    private async Task AcceptAsync(Socket from, Func<EndPoint> to)
    {
        while (true)
        {
            var client = await from.AcceptAsync(_stop.Token);
            _ = RelayAsync(client, to());
        }
    }

    private async Task RelayAsync(Socket client, EndPoint to)
    {
        using var near = client;
        using var far = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await far.ConnectAsync(to, _stop.Token);
            await using var one = new NetworkStream(near);
            await using var other = new NetworkStream(far);
            await Task.WhenAny(one.CopyToAsync(other, _stop.Token), other.CopyToAsync(one, _stop.Token));
        }
        catch (Exception error) when (error is SocketException or IOException or OperationCanceledException)
        {
            // The peer sees its connection end.
        }
    }
}
