using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Resource.V1;
using Berth.Client;

namespace Berth.Node.Devices.Drivers;

/// <summary>
/// Keeps the ResourceSlices of one driver on this node as its devices are: one pool, named as the node, whose generation
/// rises with each change. Nothing is written where nothing changed.
/// </summary>
public sealed class SlicePublisher(IClusterClient client, string driver, string nodeName)
{
    // Devices of a slice when they have taints or share counters; without, the API takes twice as many.
    private const int DevicesMax = 64;

    /// <exception cref="ApiException">The server refused; to be tried again.</exception>
    public async Task PublishAsync(ApiList<Device> devices, ApiList<CounterSet> counters, CancellationToken ct)
    {
        var there = (await client.ListAsync<ResourceSlice>(null, new ListOptions { FieldSelector = $"spec.nodeName={nodeName},spec.driver={driver}" }, ct)).Items
            .OrderBy(s => s.Metadata.Name, StringComparer.Ordinal).ToList();
        var wanted = Wanted(devices, counters);
        if (there.Count == wanted.Count && there.Zip(wanted).All(p => Same(p.First.Spec, p.Second))) return;
        var generation = there.Count == 0 ? 1 : there.Max(s => s.Spec.Pool.Generation) + 1;
        var owner = wanted.Count == 0 ? null : await client.GetAsync<Api.Core.V1.Node>(null, nodeName, null, ct);
        for (var i = 0; i < wanted.Count; i++)
        {
            var spec = wanted[i] with { Pool = wanted[i].Pool with { Generation = generation } };
            var name = $"{nodeName}-{driver}-{i:D3}";
            if (there.Find(s => s.Metadata.Name == name) is { } old)
                await client.UpdateAsync(old with { Spec = spec }, ct: ct);
            else
                await client.CreateAsync(new ResourceSlice { Metadata = new ObjectMeta { Name = name, OwnerReferences = [Owner(owner!)] }, Spec = spec }, ct: ct);
        }

        foreach (var old in there.Where(s => !Enumerable.Range(0, wanted.Count).Any(i => s.Metadata.Name == $"{nodeName}-{driver}-{i:D3}")))
            await client.DeleteAsync<ResourceSlice>(null, old.Metadata.Name, new DeleteOptions { Preconditions = new() { Uid = old.Metadata.Uid } }, ct);
    }

    private static OwnerReference Owner(Api.Core.V1.Node node) => new() { ApiVersion = "v1", Kind = "Node", Name = node.Metadata.Name, Uid = node.Metadata.Uid, Controller = true };

    // Counters have slices of their own.
    private List<ResourceSliceSpec> Wanted(ApiList<Device> devices, ApiList<CounterSet> counters)
    {
        var specs = new List<ResourceSliceSpec>();
        if (!counters.IsEmpty) specs.Add(new ResourceSliceSpec { SharedCounters = counters });
        specs.AddRange(devices.Chunk(DevicesMax).Select(c => new ResourceSliceSpec { Devices = c.ToApiList() }));
        return [.. specs.Select(s => s with { Driver = driver, NodeName = nodeName, Pool = new ResourcePool { Name = nodeName, ResourceSliceCount = specs.Count } })];
    }

    private static bool Same(ResourceSliceSpec there, ResourceSliceSpec wanted) =>
        there.Pool.ResourceSliceCount == wanted.Pool.ResourceSliceCount && there.SharedCounters.Equals(wanted.SharedCounters)
        && there.Devices.Map(Untimed).Equals(wanted.Devices.Map(Untimed));

    // When a taint came is told once; a restarted agent does not know it any more.
    private static Device Untimed(Device device) => device with { Taints = device.Taints.Map(t => t with { TimeAdded = null }) };
}
