using System.Globalization;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Metrics.V1Beta1;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Metrics;

/// <summary>The resource metrics API (<c>metrics.k8s.io</c>), from what a <see cref="UsageCollector"/> holds, in the units that metrics-server answers in.</summary>
internal static class ServedMetrics
{
    public static void Register(RegistryServices services, RouteTable routes, UsageCollector collector)
    {
        routes.Add(NodeMetrics.Kind, null, ["get", "list"], new MetricsHandler<NodeMetrics, Node>(services.Registries.For<Node>(), node => OfNode(node, collector, services.Now)));
        routes.Add(PodMetrics.Kind, null, ["get", "list"], new MetricsHandler<PodMetrics, Pod>(services.Registries.For<Pod>(), pod => OfPod(pod, collector, services.Now)));
    }

    private static NodeMetrics? OfNode(Node node, UsageCollector collector, DateTimeOffset now) =>
        collector.Of(node.Metadata.Name)?.Node is { } usage
            ? new NodeMetrics { Metadata = MetadataOf(node.Metadata, now), Timestamp = usage.End, Window = usage.Window, Usage = Amounts(usage) }
            : null;

    private static PodMetrics? OfPod(Pod pod, UsageCollector collector, DateTimeOffset now)
    {
        if (pod.Status.Phase != "Running" || collector.Of(pod.Spec.NodeName)?.Pod(pod.Metadata.Namespace, pod.Metadata.Name) is not { } containers)
            return null;
        // One time and one window for the pod: the containers of one scrape differ by milliseconds.
        var oldest = containers.MinBy(c => c.Usage.End).Usage;
        return new PodMetrics
        {
            Metadata = MetadataOf(pod.Metadata, now),
            Timestamp = oldest.End,
            Window = oldest.Window,
            Containers = containers.Select(c => new ContainerMetrics { Name = c.Container, Usage = Amounts(c.Usage) }).ToApiList(),
        };
    }

    private static ObjectMeta MetadataOf(ObjectMeta of, DateTimeOffset now) =>
        new() { Name = of.Name, Namespace = of.Namespace, Labels = of.Labels, CreationTimestamp = now };

    private static ApiMap<Quantity> Amounts(Usage usage) => ApiMap<Quantity>.Empty
        .With("cpu", Quantity.Parse(((long)(usage.Cores * 1e9)).ToString(CultureInfo.InvariantCulture) + "n"))
        .With("memory", Quantity.FromBytes(usage.MemoryBytes));
}
