using Berth.Node.Cri;
using Berth.Node.Devices.Claims;
using Berth.Node.Devices.PodResourcesV1;
using Berth.Node.PodSync;
using Microsoft.Extensions.Logging;
using PodResources = Berth.Node.Devices.PodResourcesV1.PodResources;

namespace Berth.Node.Devices;

/// <summary>The PodResources API, by which exporters learn which container has which devices, CPUs and memory.</summary>
public sealed class PodResourcesServer(string socketPath, PodWorkers workers, DevicePlugins plugins, DeviceOwner devices, ClaimOwner claims, IPinnedResources? pinned, ILoggerFactory logs) : IAsyncDisposable
{
    private readonly GrpcServer _server = new(
        socketPath,
        new Dictionary<string, GrpcMethod>
        {
            ["/v1.PodResourcesLister/List"] = GrpcMethod.Unary(ListPodResourcesRequest.Parser, (_, _) => Task.FromResult(
                new ListPodResourcesResponse { PodResources = { workers.All.Where(w => !w.HasEnded && w.IsAdmitted).Select(w => Of(w, plugins, devices, claims, pinned)) } })),
            ["/v1.PodResourcesLister/Get"] = GrpcMethod.Unary(GetPodResourcesRequest.Parser, (request, _) => Task.FromResult(
                workers.Find(request.PodNamespace, request.PodName) is { } worker
                    ? new GetPodResourcesResponse { PodResources = Of(worker, plugins, devices, claims, pinned) }
                    : throw new GrpcException(GrpcStatusCode.Unknown, $"pod {request.PodName} in namespace {request.PodNamespace} not found"))),
            ["/v1.PodResourcesLister/GetAllocatableResources"] = GrpcMethod.Unary(AllocatableResourcesRequest.Parser, (_, _) => Task.FromResult(Allocatable(plugins, pinned))),
        },
        logs);

    public Task StartAsync(CancellationToken ct) => _server.StartAsync(ct);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static PodResources Of(PodWorker worker, DevicePlugins plugins, DeviceOwner devices, ClaimOwner claims, IPinnedResources? pinned)
    {
        var pod = worker.Pod;
        var uid = pod.Metadata.Uid;
        var grants = devices.GrantsOf(uid).ToLookup(g => g.Container, StringComparer.Ordinal);
        var answer = new PodResources { Name = pod.Metadata.Name, Namespace = pod.Metadata.Namespace };
        // Init containers that have ended hold nothing: as in Kubernetes only sidecars of them are told.
        foreach (var container in pod.Spec.InitContainers.Where(c => c.RestartPolicy == "Always").Concat(pod.Spec.Containers))
        {
            var entry = new ContainerResources { Name = container.Name };
            foreach (var grant in grants[container.Name]) entry.Devices.Add(Group(plugins.Find(grant.Resource), grant.Resource, grant.Devices));
            entry.DynamicResources.Add(claims.DevicesOf(pod, container).GroupBy(d => d.Claim.Uid, StringComparer.Ordinal).Select(Claimed));
            if (pinned is not null)
            {
                entry.CpuIds.Add(pinned.CpusOf(uid, container.Name).Select(c => (long)c));
                entry.Memory.Add(pinned.MemoryOf(uid, container.Name).Select(Memory));
            }

            answer.Containers.Add(entry);
        }

        return answer;
    }

    private static DynamicResource Claimed(IGrouping<string, (Checkpoint.PreparedClaim Claim, Checkpoint.PreparedDevice Device)> of)
    {
        var resource = new DynamicResource { ClaimName = of.First().Claim.Name, ClaimNamespace = of.First().Claim.Namespace };
        foreach (var device in of.Select(o => o.Device).Distinct())
        {
            var entry = new ClaimResource { DriverName = device.Driver, PoolName = device.Pool, DeviceName = device.Device, CdiDevices = { device.CdiDevices.Select(c => new CDIDevice { Name = c }) } };
            if (device.ShareId.Length > 0) entry.ShareId = device.ShareId;
            resource.ClaimResources.Add(entry);
        }

        return resource;
    }

    private static AllocatableResourcesResponse Allocatable(DevicePlugins plugins, IPinnedResources? pinned)
    {
        var answer = new AllocatableResourcesResponse();
        foreach (var resource in plugins.Resources) answer.Devices.Add(Group(resource, resource.Name, resource.Healthy.Select(d => d.Id)));
        if (pinned is null)
        {
            answer.CpuIds.Add(Enumerable.Range(0, Environment.ProcessorCount).Select(c => (long)c));
            return answer;
        }

        answer.CpuIds.Add(pinned.AllocatableCpus.Select(c => (long)c));
        answer.Memory.Add(pinned.AllocatableMemory.Select(Memory));
        return answer;
    }

    /// <summary>One entry for each place: a client reads the NUMA nodes as those of all devices of an entry.</summary>
    private static IEnumerable<ContainerDevices> Group(DeviceResource? resource, string name, IEnumerable<string> ids)
    {
        foreach (var group in ids.GroupBy(id => string.Join(',', resource?.Devices.FirstOrDefault(d => d.Id == id)?.NumaNodes ?? []), StringComparer.Ordinal))
        {
            var entry = new ContainerDevices { ResourceName = name, DeviceIds = { group } };
            if (group.Key.Length > 0)
                entry.Topology = new TopologyInfo { Nodes = { group.Key.Split(',').Select(n => new NUMANode { ID = long.Parse(n, System.Globalization.CultureInfo.InvariantCulture) }) } };
            yield return entry;
        }
    }

    private static ContainerMemory Memory(PinnedMemory memory) => new()
    {
        MemoryType = memory.Type,
        Size = (ulong)memory.Bytes,
        Topology = new TopologyInfo { Nodes = { memory.NumaNodes.Select(n => new NUMANode { ID = n }) } },
    };
}
