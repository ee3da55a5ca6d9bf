using System.Globalization;
using System.Net.Sockets;
using Berth.Linux.Processes;

namespace Berth.Network.Proxy;

/// <summary>The kernel's table of flows, through the <c>conntrack</c> program.</summary>
internal sealed class Conntrack(IHostNetwork host)
{
    /// <exception cref="ProcessFailedException">The program is missing or failed.</exception>
    public async Task<IReadOnlyList<UdpFlow>> ListUdpAsync(AddressFamily family, CancellationToken cancellation)
    {
        var output = await host.RunAsync("conntrack", ["-L", "-f", Name(family), "-p", "udp"], cancellation: cancellation).ConfigureAwait(false);
        return [.. output.Split('\n').Select(UdpFlow.Parse).OfType<UdpFlow>()];
    }

    public async Task DeleteAsync(UdpFlow flow, CancellationToken cancellation)
    {
        try
        {
            await host.RunAsync("conntrack",
            [
                "-D", "-f", Name(flow.Source.AddressFamily), "-p", "udp",
                "--orig-src", flow.Source.Address.ToString(), "--orig-dst", flow.Destination.Address.ToString(),
                "--orig-port-src", flow.Source.Port.ToString(CultureInfo.InvariantCulture),
                "--orig-port-dst", flow.Destination.Port.ToString(CultureInfo.InvariantCulture),
            ], cancellation: cancellation).ConfigureAwait(false);
        }
        catch (ProcessFailedException e) when (e.Result is { ExitCode: 1 } result && result.Error.Contains("0 flow entries", StringComparison.Ordinal))
        {
            // It ended by itself meanwhile.
        }
    }

    private static string Name(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? "ipv6" : "ipv4";
}
