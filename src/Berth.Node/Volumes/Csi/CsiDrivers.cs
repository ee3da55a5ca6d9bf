using System.Collections.Concurrent;
using Berth.Client;
using Berth.Node.Cri;
using Berth.Node.Plugins;

namespace Berth.Node.Volumes.Csi;

/// <summary>The CSI drivers registered on this node, by name. Tells the cluster of each in the CSINode and on the Node.</summary>
public sealed class CsiDrivers(CsiNodeObject node, TimeProvider time) : IPluginHandler, IDisposable
{
    private readonly ConcurrentDictionary<string, CsiDriver> _drivers = new(StringComparer.Ordinal);

    public string Type => "CSIPlugin";

    public IEnumerable<CsiDriver> All => _drivers.Values;

    /// <exception cref="InvalidDataException">It is not registered, in the words of Kubernetes' node agent.</exception>
    public CsiDriver Get(string name) => Find(name)
        ?? throw new InvalidDataException($"driver name {name} not found in the list of registered CSI drivers");

    public CsiDriver? Find(string name) => _drivers.GetValueOrDefault(name);

    public async Task RegisterAsync(string name, string endpoint, IReadOnlyList<string> versions, CancellationToken ct)
    {
        if (!versions.Any(IsSpoken))
            throw new PluginException($"none of the supported versions [{string.Join(" ", versions)}] of CSI driver {name} is 1.x");
        var client = new CsiClient(endpoint, time);
        try
        {
            var info = await client.NodeGetInfoAsync(ct);
            if (info.NodeId.Length == 0)
                throw new PluginException($"CSI driver {name} gave no node ID");
            var capabilities = await client.NodeGetCapabilitiesAsync(ct);
            await node.AddAsync(name, info, ct);
            var driver = new CsiDriver(name, client, capabilities.Capabilities.Where(c => c.Rpc is not null).Select(c => c.Rpc.Type).ToHashSet());
            // Calls in flight over the old channel end by themselves; its peer is gone.
            _drivers.AddOrUpdate(name, driver, (_, _) => driver);
        }
        catch (Exception error) when (error is GrpcException or ApiException or HttpRequestException or IOException)
        {
            client.Dispose();
            throw new PluginException($"RegisterPlugin error -- plugin registration failed with err: {error.Message}", error);
        }
    }

    public async Task DeregisterAsync(string name, CancellationToken ct)
    {
        _drivers.TryRemove(name, out _);
        try
        {
            await node.RemoveAsync(name, ct);
        }
        catch (Exception error) when (error is ApiException or HttpRequestException or IOException)
        {
            // A driver that comes back writes its entry anew, and without the driver the entry only costs a failed mount that says why.
        }
    }

    public void Dispose()
    {
        foreach (var driver in _drivers.Values)
            driver.Client.Dispose();
    }

    private static bool IsSpoken(string version) => version.TrimStart('v').Split('.')[0] == "1";
}
