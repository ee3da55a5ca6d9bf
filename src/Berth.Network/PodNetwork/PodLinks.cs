using System.Globalization;
using Berth.Linux;
using Berth.Linux.Netlink;
using Berth.Linux.Namespaces;
using Microsoft.Extensions.Logging;

namespace Berth.Network.PodNetwork;

/// <summary>
/// Lets the links of this node's pods carry large packets (<see cref="PacketSize"/>): (1) all links, of one question to the kernel; (2) the
/// size that fits the devices they leave by; (3) those devices and the bridge; (4) both ends of each pod's link that has another size.
/// Level-triggered, so that a pod whose turn was missed, or a tunnel that came later, is set right by any later call. It never fails a pod:
/// what the kernel refuses is logged once, and pods go on with what they have.
/// </summary>
public sealed partial class PodLinks(PodLinksOptions options, IHostNetwork host, ILogger logger) : IDisposable
{
    private const string RecordPrefix = "gso.";

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _turn = new(1);

    // All below belong to the holder of the turn, who alone writes what others may read.
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly HashSet<int> _refused = [];
    private RouteNetlink? _netlink;
    private long _rounds;
    private uint _size;
    private bool _told;

    /// <summary>Sets what is not as it should be. To be called when a pod has its link and before its first process runs, which would keep the size that it finds.</summary>
    public Task EnsureAsync(CancellationToken cancellation) => EnsureAsync(afresh: false, cancellation);

    /// <summary>Repeats it until cancelled, so that pods that were there before, and devices that came later, are counted.</summary>
    public async Task RunAsync(TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await EnsureAsync(afresh: true, cancellation).ConfigureAwait(false);
                await Task.Delay(Interval, time, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    public void Dispose()
    {
        _netlink?.Dispose();
        _turn.Dispose();
    }

    /// <summary>Gives the devices back what they had before any instance of this machine changed it.</summary>
    internal static void Restore(string stateDirectory, IHostNetwork host)
    {
        if (!Directory.Exists(stateDirectory))
            return;
        var records = Directory.GetFiles(stateDirectory, RecordPrefix + "*");
        if (records.Length == 0)
            return;
        using var netlink = host.Open(RouteNetlink.Open);
        var links = netlink.Links();
        foreach (var record in records)
        {
            // A device may be gone.
            if (links.FirstOrDefault(l => l.Name == Path.GetFileName(record)[RecordPrefix.Length..]) is { } link)
                netlink.SetSizes(link.Index, uint.Parse(File.ReadAllText(record), CultureInfo.InvariantCulture));
            File.Delete(record);
        }
    }

    /// <param name="afresh">Tries again what was refused.</param>
    private async Task EnsureAsync(bool afresh, CancellationToken cancellation)
    {
        // A node without large packets, as most are, is looked at each minute: its pods' starts do not wait for the list of its links.
        if (options.SizeMax == PacketSize.Plain || (!afresh && Volatile.Read(ref _size) == PacketSize.Plain))
            return;
        var rounds = Volatile.Read(ref _rounds);
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            // Of pods that start together, one asks for all that came while it waited.
            if (!afresh && _rounds != rounds)
                return;
            _rounds++;
            if (afresh)
                _refused.Clear();
            await SetAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Answers that were not read may still come on this one.
            _netlink?.Dispose();
            _netlink = null;
            Refused(options.Bridge, e);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task SetAsync()
    {
        // (1)
        var netlink = _netlink ??= host.Open(RouteNetlink.Open);
        var links = netlink.Links();
        if (links.FirstOrDefault(l => l.Name == options.Bridge) is not { } bridge)
            return;
        // Before Linux 6.3 IPv4 has no size of its own. A bridge without ports says that it takes little, and has nothing to carry.
        if (bridge.GsoV4 == 0 || links.All(l => l.Master != bridge.Index))
            return;
        // (2)
        var size = options.SizeMax ?? PacketSize.Choose(links, bridge);
        if (size != _size)
        {
            LogSize(size);
            Volatile.Write(ref _size, size);
            _refused.Clear();
        }

        // (3)
        if (size > PacketSize.Plain)
        {
            foreach (var link in links)
            {
                if (PacketSize.IsWayOut(link, bridge) && PacketSize.LeadsOutside(link, links))
                    Raise(netlink, link, Math.Min(size, PacketSize.LimitOf(link)));
            }
        }

        var bridgeSize = Math.Min(size, bridge.TsoMax);
        if (Differs(bridge, bridgeSize) && !_refused.Contains(bridge.Index))
            Try(bridge, () => Set(netlink, bridge.Index, bridgeSize));
        // (4)
        var ports = links.Where(l => l.Master == bridge.Index && l is { Kind: "veth", PeerNamespace: not null } && Differs(l, size) && !_refused.Contains(l.Index)).ToList();
        if (ports.Count == 0)
            return;
        var namespaces = Namespaces(netlink, [.. ports.Select(p => p.PeerNamespace!.Value)]);
        foreach (var port in ports)
        {
            if (namespaces.GetValueOrDefault(port.PeerNamespace!.Value) is not { } path)
            {
                // A pod that is ending, or something else's that hangs on the bridge.
                _refused.Add(port.Index);
                continue;
            }

            try
            {
                // The pod's end first: the other one says that it was done.
                using var inside = await NetworkNamespace.RunAsync(path, RouteNetlink.Open).ConfigureAwait(false);
                Set(inside, port.Peer, size);
                Set(netlink, port.Index, size);
            }
            catch (LinuxException e)
            {
                Refused(port, e);
            }
        }
    }

    // What somebody made smaller than the kernel does is left so, unless large packets are to be.
    private static bool Differs(NetworkLink link, uint size) => size > PacketSize.Plain ? link.GsoV4 != size || link.GroV4 != size : link.GsoV4 > size;

    private static void Set(RouteNetlink netlink, int index, uint size) => netlink.SetSizes(index, size, size);

    /// <summary>
    /// The kernel cuts what is larger than a device's own setting, though its driver takes more: 65536 unless somebody raises it. What the
    /// device receives is left as it is.
    /// </summary>
    private void Raise(RouteNetlink netlink, NetworkLink link, uint size)
    {
        if (link.GsoV4 >= size || _refused.Contains(link.Index))
            return;
        Try(link, () =>
        {
            Directory.CreateDirectory(options.StateDirectory);
            var record = Path.Combine(options.StateDirectory, RecordPrefix + link.Name);
            if (!File.Exists(record))
                File.WriteAllText(record, link.GsoV4.ToString(CultureInfo.InvariantCulture));
            netlink.SetSizes(link.Index, size);
            LogRaised(link.Name, size);
        });
    }

    /// <summary>Where the namespaces of these numbers are. Those not seen before are looked at first: usually it is the one of the pod that starts.</summary>
    private Dictionary<int, string> Namespaces(RouteNetlink netlink, HashSet<int> wanted)
    {
        var found = new Dictionary<int, string>();
        if (!Directory.Exists(options.NamespaceDirectory))
            return found;
        var paths = Directory.GetFiles(options.NamespaceDirectory);
        foreach (var path in paths.OrderBy(_known.Contains))
        {
            if (found.Count == wanted.Count)
                break;
            if (netlink.NamespaceIdOf(path) is { } id && wanted.Contains(id))
                found.TryAdd(id, path);
        }

        _known.Clear();
        _known.UnionWith(paths);
        return found;
    }

    private void Try(NetworkLink link, Action set)
    {
        try
        {
            set();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Refused(link, e);
        }
    }

    private void Refused(NetworkLink link, Exception error)
    {
        _refused.Add(link.Index);
        Refused(link.Name, error);
    }

    private void Refused(string link, Exception error)
    {
        if (!_told)
            LogRefused(link, error.Message);
        _told = true;
    }

    [LoggerMessage(7221, LogLevel.Information, "Packets of pods may have {Size} bytes between pods of this node")]
    private partial void LogSize(uint size);

    [LoggerMessage(7222, LogLevel.Information, "{Link} takes packets of {Size} bytes from now on: its driver cuts them into segments")]
    private partial void LogRaised(string link, uint size);

    [LoggerMessage(7223, LogLevel.Warning, "Large packets could not be allowed on {Link}, pods go on with what they have (told once): {Error}")]
    private partial void LogRefused(string link, string error);
}
