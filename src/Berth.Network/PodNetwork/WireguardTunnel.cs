using System.Security.Cryptography;
using Berth.Linux.Processes;
using Berth.Resources.Addresses;

namespace Berth.Network.PodNetwork;

/// <summary>
/// This machine's end of the encrypted tunnels to all others: one WireGuard interface. Its private key is made at the first start and never
/// leaves the data directory; the public one is told by the Node.
/// </summary>
/// <param name="keyFile">Where the private key is kept, for the machine's administrator alone.</param>
internal sealed class WireguardTunnel(string device, string keyFile, IHostNetwork host)
{
    private const int KeyBytes = 32;

    private string _applied = "";

    /// <summary>Makes the interface where it is not there, and gives its public key.</summary>
    /// <exception cref="WireguardMissingException">This kernel has no WireGuard.</exception>
    public async Task<string> EnsureAsync(IpRanges own, int port, int mtu, CancellationToken cancellation)
    {
        var links = await host.RunAsync("ip", ["-o", "-d", "link", "show"], cancellation: cancellation).ConfigureAwait(false);
        var present = links.Split('\n').FirstOrDefault(l => l.Contains($": {device}: ", StringComparison.Ordinal));
        if (present is not null && !present.Contains(" wireguard ", StringComparison.Ordinal))
        {
            await host.RunAsync("ip", ["link", "delete", device], cancellation: cancellation).ConfigureAwait(false);
            present = null;
        }

        if (present is null)
        {
            _applied = "";
            await MakeAsync(mtu, cancellation).ConfigureAwait(false);
        }

        var key = ReadOrMakeKey();
        var set = host.Open(() =>
        {
            WireguardDevice.SetKey(device, key, port);
            return WireguardDevice.KeyOf(device);
        });
        List<string> commands =
        [
            // The ranges' first addresses have no pods: the machine's own processes speak to other machines' pods from them.
            .. own.All.Select(r => r.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
                ? $"address replace {r.BaseAddress}/128 dev {device} nodad"
                : $"address replace {r.BaseAddress}/32 dev {device}"),
            $"link set {device} up",
        ];
        await host.RunAsync("ip", ["-batch", "-"], string.Join('\n', commands) + "\n", cancellation).ConfigureAwait(false);
        return set;
    }

    public void SetPeers(IReadOnlyCollection<WireguardPeer> peers)
    {
        var text = string.Join('\n', peers.OrderBy(p => p.Key, StringComparer.Ordinal));
        if (text == _applied)
            return;
        host.Open(() =>
        {
            WireguardDevice.SetPeers(device, peers);
            return true;
        });
        _applied = text;
    }

    private async Task MakeAsync(int mtu, CancellationToken cancellation)
    {
        try
        {
            await host.RunAsync("ip", ["link", "add", device, "mtu", mtu.ToString(System.Globalization.CultureInfo.InvariantCulture), "type", "wireguard"], cancellation: cancellation).ConfigureAwait(false);
        }
        catch (ProcessFailedException e) when (e.Result is { } result && (result.Error.Contains("Unknown device type", StringComparison.Ordinal) || result.Error.Contains("not supported", StringComparison.Ordinal)))
        {
            throw new WireguardMissingException();
        }
    }

    private string ReadOrMakeKey()
    {
        if (File.Exists(keyFile))
            return File.ReadAllText(keyFile).Trim();
        var bytes = RandomNumberGenerator.GetBytes(KeyBytes);
        // As Curve25519 wants its private keys.
        bytes[0] &= 248;
        bytes[31] = (byte)((bytes[31] & 127) | 64);
        Directory.CreateDirectory(Path.GetDirectoryName(keyFile)!);
        using (var file = new FileStream(keyFile + ".new", new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            file.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes)));
        File.Move(keyFile + ".new", keyFile);
        return Convert.ToBase64String(bytes);
    }
}
