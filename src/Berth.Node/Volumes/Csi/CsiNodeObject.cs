using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Storage.V1;
using Berth.Client;
using Berth.Node.Volumes.Csi.V1;
using ApiNode = Berth.Api.Core.V1.Node;

namespace Berth.Node.Volumes.Csi;

/// <summary>What the cluster is told of this node's drivers: the CSINode object, and topology labels and node IDs on the Node.</summary>
public sealed class CsiNodeObject(IClusterClient client, string nodeName)
{
    private const string NodeIds = "csi.volume.kubernetes.io/nodeid";
    private const int ConflictsMax = 10;

    /// <summary>Makes the object; a node without drivers has an empty one, which tells the scheduler that it looked.</summary>
    public async Task EnsureAsync(CancellationToken ct) => await ChangeAsync(drivers => drivers, ct);

    public async Task AddAsync(string driver, NodeGetInfoResponse info, CancellationToken ct)
    {
        var topology = info.AccessibleTopology?.Segments.OrderBy(s => s.Key, StringComparer.Ordinal).ToList() ?? [];
        await LabelAsync(driver, info.NodeId, topology, ct);
        var entry = new CSINodeDriver
        {
            Name = driver,
            NodeID = info.NodeId,
            TopologyKeys = topology.Select(t => t.Key).ToApiList(),
            Allocatable = info.MaxVolumesPerNode > 0 ? new VolumeNodeResources { Count = (int)Math.Min(info.MaxVolumesPerNode, int.MaxValue) } : null,
        };
        await ChangeAsync(drivers => [.. drivers.Where(d => d.Name != driver), entry], ct);
    }

    public async Task RemoveAsync(string driver, CancellationToken ct) => await ChangeAsync(drivers => drivers.Where(d => d.Name != driver).ToApiList(), ct);

    private async Task ChangeAsync(Func<ApiList<CSINodeDriver>, ApiList<CSINodeDriver>> change, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                CSINode known;
                try
                {
                    known = await client.GetAsync<CSINode>(null, nodeName, null, ct);
                }
                catch (ApiException error) when (error.IsNotFound)
                {
                    var node = await client.GetAsync<ApiNode>(null, nodeName, null, ct);
                    await client.CreateAsync(
                        new CSINode
                        {
                            Metadata = new ObjectMeta
                            {
                                Name = nodeName,
                                OwnerReferences = [new OwnerReference { ApiVersion = "v1", Kind = "Node", Name = nodeName, Uid = node.Metadata.Uid }],
                            },
                            Spec = new CSINodeSpec { Drivers = change([]) },
                        },
                        null,
                        ct);
                    return;
                }

                var drivers = change(known.Spec.Drivers);
                if (!drivers.Equals(known.Spec.Drivers))
                    await client.UpdateAsync(known with { Spec = known.Spec with { Drivers = drivers } }, null, ct);
                return;
            }
            catch (ApiException error) when ((error.IsConflict || error.IsAlreadyExists) && attempt < ConflictsMax)
            {
                // Somebody wrote in between: again from what is there now.
            }
        }
    }

    private async Task LabelAsync(string driver, string nodeId, IReadOnlyList<KeyValuePair<string, string>> topology, CancellationToken ct)
    {
        var node = await client.GetAsync<ApiNode>(null, nodeName, null, ct);
        foreach (var (key, value) in topology)
        {
            if (node.Metadata.Labels.GetOr(key) is { } label && label != value)
                throw new IOException($"topology value collision: driver reported \"{key}\":\"{value}\" but existing label is \"{key}\":\"{label}\"");
        }

        var ids = node.Metadata.Annotations.GetOr(NodeIds) is { } text ? JsonNode.Parse(text)!.AsObject() : [];
        ids[driver] = nodeId;
        var labels = new JsonObject();
        foreach (var (key, value) in topology)
            labels[key] = value;
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [NodeIds] = ids.ToJsonString() }, ["labels"] = labels },
        };
        await client.PatchAsync<ApiNode>(null, nodeName, Patch.Merge(patch.ToJsonString()), ct: ct);
    }
}
