using Berth.Linux.Processes;

namespace Berth.Network.Proxy;

/// <summary>nftables through its program: <c>nft -f -</c> makes one netlink transaction of a script.</summary>
public sealed class NftablesProgram(IHostNetwork host) : INftables
{
    public async Task ApplyAsync(string script, CancellationToken cancellation)
    {
        try
        {
            await host.RunAsync("nft", ["-f", "-"], script, cancellation).ConfigureAwait(false);
        }
        catch (ProcessFailedException e)
        {
            throw new NftablesException(e.Message, e);
        }
    }
}
