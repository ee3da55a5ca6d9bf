using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Autoscaling.V2;
using Berth.Api.Certificates.V1;
using Berth.Api.Core.V1;
using Berth.Api.Policy.V1;
using Berth.Api.Schema;
using Berth.Api.Selection;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Subresources;
using AutoscalingV1 = Berth.Api.Autoscaling.V1;
using Events = Berth.Api.Events.V1;

namespace Berth.ApiServer;

/// <summary>What kinds can do beside being stored: one row for each subresource that has code of its own.</summary>
internal static class ServedSubresources
{
    /// <param name="nodes">Speaks to node agents.</param>
    public static void Register(RegistryServices services, RouteTable routes, HttpMessageInvoker nodes)
    {
        var registries = services.Registries;
        var pods = registries.For<Pod>();
        var namespaces = registries.For<Namespace>();
        var certificates = registries.For<CertificateSigningRequest>();

        Add(Namespace.Kind, "finalize", new StatusHandler<Namespace>(
            namespaces, "finalize", ChangeRules.Trusted, (asked, old) => PodParts.Identified(asked, old with { Spec = asked.Spec })));
        Add(CertificateSigningRequest.Kind, "approval", new StatusHandler<CertificateSigningRequest>(
            certificates, "approval", ChangeRules.Trusted, (asked, old) => asked with { Spec = old.Spec, Status = old.Status with { Conditions = asked.Status.Conditions } }));

        Add(Pod.Kind, "binding", new BindingHandler(pods));
        routes.Add(Binding.Kind, null, ["create"], new BindingHandler(pods));
        Add(Pod.Kind, "eviction", new EvictionHandler(pods, registries.For<PodDisruptionBudget>()));
        Add(Pod.Kind, "ephemeralcontainers", new StatusHandler<Pod>(pods, "ephemeralcontainers", ChangeRules.Validated, PodParts.WithEphemeralContainers));
        Add(Pod.Kind, "resize", new StatusHandler<Pod>(pods, "resize", ChangeRules.Validated, PodParts.WithResources));

        var streams = new PodStreamHandler(pods, nodes);
        foreach (var stream in new[] { "log", "exec", "attach", "portforward" })
            Add(Pod.Kind, stream, streams);
        var proxy = new ProxyHandler(services, ProxyRequest.OpenTransport(), nodes);
        Add(Pod.Kind, "proxy", proxy);
        Add(Service.Kind, "proxy", proxy);
        Add(Node.Kind, "proxy", proxy);

        Add(Deployment.Kind, "scale", new ScaleHandler<Deployment>(
            registries.For<Deployment>(),
            d => (d.Spec.Replicas ?? 1, d.Status.Replicas, LabelSelectors.Compile(d.Spec.Selector).ToString()),
            (d, replicas) => d with { Spec = d.Spec with { Replicas = replicas } }));
        Add(ReplicaSet.Kind, "scale", new ScaleHandler<ReplicaSet>(
            registries.For<ReplicaSet>(),
            r => (r.Spec.Replicas ?? 1, r.Status.Replicas, LabelSelectors.Compile(r.Spec.Selector).ToString()),
            (r, replicas) => r with { Spec = r.Spec with { Replicas = replicas } }));
        Add(StatefulSet.Kind, "scale", new ScaleHandler<StatefulSet>(
            registries.For<StatefulSet>(),
            s => (s.Spec.Replicas ?? 1, s.Status.Replicas, LabelSelectors.Compile(s.Spec.Selector).ToString()),
            (s, replicas) => s with { Spec = s.Spec with { Replicas = replicas } }));
        Add(ReplicationController.Kind, "scale", new ScaleHandler<ReplicationController>(
            registries.For<ReplicationController>(),
            r => (r.Spec.Replicas ?? 1, r.Status.Replicas, LabelSelectors.FromLabels(r.Spec.Selector).ToString()),
            (r, replicas) => r with { Spec = r.Spec with { Replicas = replicas } }));

        routes.Add(Events.Event.Kind, null, Events.Event.Kind.Verbs, new ConvertedHandler<Events.Event, Event>(
            registries.For<Event>(), EventConversion.ToEvents, EventConversion.ToCore));

        var scalers = registries.For<HorizontalPodAutoscaler>();
        routes.Add(AutoscalingV1.HorizontalPodAutoscaler.Kind, null, AutoscalingV1.HorizontalPodAutoscaler.Kind.Verbs, new ConvertedHandler<AutoscalingV1.HorizontalPodAutoscaler, HorizontalPodAutoscaler>(
            scalers, AutoscalerConversion.ToV1, AutoscalerConversion.ToV2));
        Add(AutoscalingV1.HorizontalPodAutoscaler.Kind, "status", new ConvertedHandler<AutoscalingV1.HorizontalPodAutoscaler, HorizontalPodAutoscaler>(
            scalers, AutoscalerConversion.ToV1, AutoscalerConversion.ToV2, "status"));

        void Add(KindInfo kind, string name, IApiHandler handler)
        {
            var subresource = ServedResources.Subresource(kind, name);
            routes.Add(kind, subresource, subresource.Verbs, handler);
        }
    }
}
