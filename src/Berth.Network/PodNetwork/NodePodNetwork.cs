using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Berth.Linux.Processes;
using Microsoft.Extensions.Logging;

namespace Berth.Network.PodNetwork;

/// <summary>What this kernel and machine allow, as found by <see cref="NodePodNetwork.EnsureAsync"/>.</summary>
/// <param name="BridgeNetfilter">Packets between pods of the bridge pass netfilter, so that answers through Services are translated back.</param>
/// <param name="Warnings">What will not work, and what to do; for the user.</param>
public sealed record PodNetworkStatus(bool BridgeNetfilter, IReadOnlyList<string> Warnings);

/// <summary>
/// The bridge that pods of this node hang on, made before the first pod so that DNS can answer on its address, and the kernel settings
/// that routing needs. Each call brings everything to where it should be and may be repeated at any time.
/// </summary>
public sealed partial class NodePodNetwork(PodNetworkOptions options, IHostNetwork host, ILogger logger)
{
    private const string Forward = "net/ipv4/ip_forward";
    private const string ForwardV6 = "net/ipv6/conf/all/forwarding";
    private const string BridgeCall = "net/bridge/bridge-nf-call-iptables";
    private const string BridgeCallV6 = "net/bridge/bridge-nf-call-ip6tables";
    private const string Comment = "berth pods";

    /// <summary>The chain that the iptables program makes and shows, as nftables names it.</summary>
    private const string IptablesForward = "ip filter FORWARD";
    private const string Ip6tablesForward = "ip6 filter FORWARD";

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <exception cref="ProcessFailedException">A command failed; its message says which.</exception>
    /// <exception cref="IOException">A kernel setting could not be changed.</exception>
    public async Task<PodNetworkStatus> EnsureAsync(CancellationToken cancellation)
    {
        List<string> warnings = [];
        if (options.HasV4)
            SetSysctl(Forward, "1");
        if (options.HasV6)
            EnsureForwardingV6();
        var bridgeNetfilter = await EnsureBridgeNetfilterAsync(cancellation).ConfigureAwait(false);
        await EnsureBridgeAsync(cancellation).ConfigureAwait(false);
        await EnsureForwardingAllowedAsync(warnings, cancellation).ConfigureAwait(false);
        return new PodNetworkStatus(bridgeNetfilter, warnings);
    }

    /// <summary>
    /// Repeats <see cref="EnsureAsync"/> until cancelled: firewalls are reloaded, settings files applied again, interfaces taken down by
    /// network services. What fails is logged and tried again.
    /// </summary>
    public async Task RunAsync(TimeProvider time, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            await Task.Delay(Interval, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                if (!cancellation.IsCancellationRequested)
                    await EnsureAsync(cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ProcessFailedException or IOException)
            {
                LogEnsureFailed(Interval, e.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Removes the bridge and its rules, and puts kernel settings back once no other instance needs them. What is not there is no error.</summary>
    public async Task PurgeAsync(CancellationToken cancellation)
    {
        if (await BridgeExistsAsync(cancellation).ConfigureAwait(false))
            await host.RunAsync("ip", ["link", "delete", options.Bridge], cancellation: cancellation).ConfigureAwait(false);
        foreach (var chain in await FindForwardDropsAsync(cancellation).ConfigureAwait(false))
        {
            if (ProgramOf(chain) is not { } program)
                continue;
            foreach (var rule in ForwardRules())
                await TryAsync(program, ["-w", "-D", "FORWARD", .. rule], cancellation).ConfigureAwait(false);
        }

        await RestoreSettingsAsync(cancellation).ConfigureAwait(false);
    }

    private async Task EnsureBridgeAsync(CancellationToken cancellation)
    {
        var bridge = options.Bridge;
        if (!await BridgeExistsAsync(cancellation).ConfigureAwait(false))
        {
            // An address of its own, derived from the name, so that it does not change with the pods that come and go (and with it every pod's
            // neighbour table) nor when the bridge is made again.
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{bridge} {options.NodePodNetwork}"));
            var mac = string.Create(CultureInfo.InvariantCulture, $"02:{hash[0]:x2}:{hash[1]:x2}:{hash[2]:x2}:{hash[3]:x2}:{hash[4]:x2}");
            await host.RunAsync("ip", ["link", "add", bridge, "address", mac, "type", "bridge"], cancellation: cancellation).ConfigureAwait(false);
        }
        // The route: cluster addresses are translated before a packet leaves, but a process on a machine without a default route could not even
        // start to send.
        List<string> commands = [];
        foreach (var (range, gateway) in options.NodePodNetwork.All.Zip(options.Gateways))
        {
            // A bridge without pods has no carrier, and an address that the kernel cannot try for duplicates could not be listened on.
            var now = range.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6 ? " nodad" : "";
            commands.Add($"address replace {gateway}/{range.PrefixLength} dev {bridge}{now}");
        }

        commands.Add($"link set {bridge} up");
        commands.AddRange(options.ServiceNetwork.All.Select(s => $"route replace {s} dev {bridge}"));
        await host.RunAsync("ip", ["-batch", "-"], string.Join('\n', commands) + "\n", cancellation).ConfigureAwait(false);
        if (options.LocalhostNodePorts && options.HasV4)
            host.WriteSysctl($"net/ipv4/conf/{bridge}/route_localnet", "1");
    }

    private async Task<bool> BridgeExistsAsync(CancellationToken cancellation) =>
        (await ListBridgesAsync(cancellation).ConfigureAwait(false)).Contains(options.Bridge);

    private async Task<IReadOnlyList<string>> ListBridgesAsync(CancellationToken cancellation)
    {
        var links = await host.RunAsync("ip", ["-o", "link", "show", "type", "bridge"], cancellation: cancellation).ConfigureAwait(false);
        return [.. links.Split('\n').Select(line => line.Split(": ")).Where(words => words.Length > 1).Select(words => words[1])];
    }

    private async Task<bool> EnsureBridgeNetfilterAsync(CancellationToken cancellation)
    {
        if (host.ReadSysctl(BridgeCall) is null)
            await TryAsync("modprobe", ["br_netfilter"], cancellation).ConfigureAwait(false);
        if (host.ReadSysctl(BridgeCall) is null)
        {
            LogNoBridgeNetfilter();
            return false;
        }
        if (options.HasV4)
            SetSysctl(BridgeCall, "1");
        if (options.HasV6)
            SetSysctl(BridgeCallV6, "1");
        return true;
    }

    /// <summary>
    /// A machine that forwards IPv6 takes no more routes from routers (router advertisements), unless told to do both: without, one that has
    /// its address or default route from there would lose it.
    /// </summary>
    private void EnsureForwardingV6()
    {
        if (host.ReadSysctl(ForwardV6) is null)
            throw new IOException("this kernel has no IPv6 (or it is switched off, ipv6.disable=1): leave the IPv6 ranges of --pod-cidr and --service-cidr away");
        if (host.ReadSysctl(ForwardV6) != "1")
        {
            foreach (var card in host.Open(() => Directory.GetDirectories("/proc/sys/net/ipv6/conf")))
            {
                var name = $"net/ipv6/conf/{Path.GetFileName(card)}/accept_ra";
                if (host.ReadSysctl(name) == "1")
                    SetSysctl(name, "2");
            }
        }

        SetSysctl(ForwardV6, "1");
    }

    /// <summary>
    /// A firewall that forwards nothing by default (Docker and ufw make iptables' FORWARD so) also stops pods: no rule of our own table can
    /// overrule it. So two rules go where the dropping is decided, if that is iptables; for others we can only tell the user.
    /// </summary>
    private async Task EnsureForwardingAllowedAsync(List<string> warnings, CancellationToken cancellation)
    {
        foreach (var chain in await FindForwardDropsAsync(cancellation).ConfigureAwait(false))
        {
            if (ProgramOf(chain) is { } program && await EnsureForwardRulesAsync(program, cancellation).ConfigureAwait(false))
                continue;
            warnings.Add($"the machine's firewall (nftables chain \"{chain}\") drops forwarded packets by default: pods may reach neither each other nor the "
                + $"outside. Allow forwarding from and to the interface {options.Bridge} in it");
        }
    }

    private static string? ProgramOf(string chain) => chain switch
    {
        IptablesForward => "iptables",
        Ip6tablesForward => "ip6tables",
        _ => null,
    };

    private async Task<bool> EnsureForwardRulesAsync(string program, CancellationToken cancellation)
    {
        foreach (var rule in ForwardRules())
        {
            if (await TryAsync(program, ["-w", "-C", "FORWARD", .. rule], cancellation).ConfigureAwait(false))
                continue;
            if (!await TryAsync(program, ["-w", "-I", "FORWARD", .. rule], cancellation).ConfigureAwait(false))
                return false;
            LogForwardException(options.Bridge);
        }
        return true;
    }

    private string[][] ForwardRules() =>
    [
        ["-i", options.Bridge, "-m", "comment", "--comment", Comment, "-j", "ACCEPT"],
        ["-o", options.Bridge, "-m", "comment", "--comment", Comment, "-j", "ACCEPT"],
    ];

    private async Task<IReadOnlyList<string>> FindForwardDropsAsync(CancellationToken cancellation)
    {
        List<string> found = [];
        var chains = await host.RunAsync("nft", ["-j", "list", "chains"], cancellation: cancellation).ConfigureAwait(false);
        using var json = JsonDocument.Parse(chains);
        foreach (var entry in json.RootElement.GetProperty("nftables").EnumerateArray())
        {
            if (entry.TryGetProperty("chain", out var chain)
                && chain.TryGetProperty("hook", out var hook) && hook.ValueEquals("forward")
                && chain.TryGetProperty("policy", out var policy) && policy.ValueEquals("drop")
                && (chain.GetProperty("family").GetString() switch { "ip" => options.HasV4, "ip6" => options.HasV6, "inet" or "bridge" => true, _ => false }))
            {
                found.Add($"{chain.GetProperty("family").GetString()} {chain.GetProperty("table").GetString()} {chain.GetProperty("name").GetString()}");
            }
        }
        // The older iptables keeps its rules outside nftables. Asking it where it has none would load its modules.
        const string legacyTables = "/proc/net/ip_tables_names";
        if (options.HasV4 && !found.Contains(IptablesForward) && File.Exists(legacyTables)
            && (await File.ReadAllTextAsync(legacyTables, cancellation).ConfigureAwait(false)).Contains("filter", StringComparison.Ordinal))
        {
            try
            {
                var rules = await host.RunAsync("iptables-legacy", ["-w", "-S", "FORWARD"], cancellation: cancellation).ConfigureAwait(false);
                if (rules.StartsWith("-P FORWARD DROP", StringComparison.Ordinal))
                    found.Add(IptablesForward);
            }
            catch (ProcessFailedException e)
            {
                LogCommandFailed(e.Message); // Somebody else's tables that no installed program can read: nothing can be told or done about them.
            }
        }
        return found;
    }

    private async Task<bool> TryAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        try
        {
            await host.RunAsync(program, arguments, cancellation: cancellation).ConfigureAwait(false);
            return true;
        }
        catch (ProcessFailedException e)
        {
            LogCommandFailed(e.Message);
            return false;
        }
    }

    private void SetSysctl(string name, string value)
    {
        var before = host.ReadSysctl(name) ?? throw new IOException($"this kernel has no setting {name}");
        if (before == value)
            return;
        Directory.CreateDirectory(options.StateDirectory);
        var record = RecordOf(name);
        if (!File.Exists(record))
            File.WriteAllText(record, before);
        host.WriteSysctl(name, value);
    }

    // The last one to go puts the settings back: any other bridge (another instance's, Docker's, a hypervisor's) may rely on forwarding by now.
    private async Task RestoreSettingsAsync(CancellationToken cancellation)
    {
        if ((await ListBridgesAsync(cancellation).ConfigureAwait(false)).Count > 0)
            return;
        foreach (var name in new[] { Forward, ForwardV6, BridgeCall, BridgeCallV6 })
            await RestoreAsync(name).ConfigureAwait(false);
        if (Directory.Exists(options.StateDirectory))
        {
            foreach (var record in Directory.GetFiles(options.StateDirectory, "net.ipv6.conf.*.accept_ra"))
                await RestoreAsync($"net/ipv6/conf/{Path.GetFileName(record)["net.ipv6.conf.".Length..^".accept_ra".Length]}/accept_ra").ConfigureAwait(false);
        }

        PodLinks.Restore(options.StateDirectory, host);

        async Task RestoreAsync(string name)
        {
            var record = RecordOf(name);
            if (!File.Exists(record))
                return;
            // An interface may be gone.
            if (host.ReadSysctl(name) is not null)
                host.WriteSysctl(name, await File.ReadAllTextAsync(record, cancellation).ConfigureAwait(false));
            File.Delete(record);
        }

        if (Directory.Exists(options.StateDirectory) && !Directory.EnumerateFileSystemEntries(options.StateDirectory).Any())
            Directory.Delete(options.StateDirectory);
    }

    private string RecordOf(string sysctl) => Path.Combine(options.StateDirectory, sysctl.Replace('/', '.'));

    [LoggerMessage(7201, LogLevel.Warning, "The kernel module br_netfilter is not there: Services masquerade traffic between pods of this node, which then do not see each other's addresses")]
    private partial void LogNoBridgeNetfilter();

    [LoggerMessage(7202, LogLevel.Information, "The machine's firewall drops forwarded packets by default; rules in iptables' FORWARD chain let those of {Bridge} through")]
    private partial void LogForwardException(string bridge);

    [LoggerMessage(7204, LogLevel.Warning, "The pod network could not be brought to where it should be, trying again in {Delay}: {Error}")]
    private partial void LogEnsureFailed(TimeSpan delay, string error);

    [LoggerMessage(7203, LogLevel.Debug, "A command failed, which may be as it should: {Error}")]
    private partial void LogCommandFailed(string error);
}
