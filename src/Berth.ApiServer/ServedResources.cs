using Berth.Api;
using Berth.Api.AdmissionRegistration.V1;
using Berth.Api.ApiExtensions.V1;
using Berth.Api.ApiRegistration.V1;
using Berth.Api.Apps.V1;
using Berth.Api.Autoscaling.V2;
using Berth.Api.Batch.V1;
using Berth.Api.Certificates.V1;
using Berth.Api.Coordination.V1;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Api.FlowControl.V1;
using Berth.Api.Networking.V1;
using Berth.Api.Node.V1;
using Berth.Api.Policy.V1;
using Berth.Api.Rbac.V1;
using Berth.Api.Resource.V1;
using Berth.Api.Scheduling.V1;
using Berth.Api.Schema;
using Berth.Api.Storage.V1;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.ApiServer;

/// <summary>
/// Every stored kind that is served, one row each. A row makes the kind's registry and its routes; what else a kind can
/// do (scale, binding, ...) is registered by <see cref="ServedSubresources"/>.
/// </summary>
internal static class ServedResources
{
    /// <summary>Makes registries and routes for all kinds.</summary>
    public static IReadOnlyList<ResourceRegistry> Register(RegistryServices services, RouteTable routes)
    {
        var registries = new List<ResourceRegistry>();

        // Core
        Row<ConfigMap>();
        Row<Endpoints>();
        Row<Event>();
        Row<LimitRange>();
        Row<Namespace>(new NamespaceDeletionRules { ReturnsObject = true });
        Row<Berth.Api.Core.V1.Node>();
        Row<PersistentVolume>(new() { ReturnsObject = true });
        Row<PersistentVolumeClaim>(new() { ReturnsObject = true });
        Row<Pod>(new() { ReturnsObject = true });
        Row<PodTemplate>(new() { ReturnsObject = true });
        Row<ReplicationController>(new() { OrphansByDefault = true });
        Row<ResourceQuota>(new() { ReturnsObject = true });
        Row<Secret>();
        Row<Service>(new() { ReturnsObject = true });
        Row<ServiceAccount>(new() { ReturnsObject = true });

        // apps, batch, autoscaling, policy
        Row<ControllerRevision>();
        Row<DaemonSet>();
        Row<Deployment>();
        Row<ReplicaSet>();
        Row<StatefulSet>();
        Row<CronJob>();
        Row<Job>(new() { OrphansByDefault = true });
        Row<HorizontalPodAutoscaler>();
        Row<PodDisruptionBudget>();

        // rbac, certificates, coordination, discovery, node, scheduling
        Row<ClusterRole>();
        Row<ClusterRoleBinding>();
        Row<Role>();
        Row<RoleBinding>();
        Row<CertificateSigningRequest>();
        Row<Lease>();
        Row<EndpointSlice>();
        Row<RuntimeClass>();
        Row<PriorityClass>();

        // networking, storage, flow control
        Row<Ingress>();
        Row<IngressClass>();
        Row<NetworkPolicy>();
        Row<IPAddress>();
        Row<ServiceCIDR>();
        Row<CSIDriver>(new() { ReturnsObject = true });
        Row<CSINode>(new() { ReturnsObject = true });
        Row<CSIStorageCapacity>();
        Row<StorageClass>(new() { ReturnsObject = true });
        Row<VolumeAttachment>(new() { ReturnsObject = true });
        Row<VolumeAttributesClass>(new() { ReturnsObject = true });
        Row<FlowSchema>();
        Row<PriorityLevelConfiguration>();

        // devices
        Row<ResourceClaim>(new() { ReturnsObject = true });
        Row<ResourceClaimTemplate>(new() { ReturnsObject = true });
        Row<DeviceClass>(new() { ReturnsObject = true });
        Row<ResourceSlice>(new() { ReturnsObject = true });

        // what extends the API
        Row<ValidatingWebhookConfiguration>();
        Row<MutatingWebhookConfiguration>();
        Row<ValidatingAdmissionPolicy>();
        Row<ValidatingAdmissionPolicyBinding>();
        Row<MutatingAdmissionPolicy>();
        Row<MutatingAdmissionPolicyBinding>();
        Row<CustomResourceDefinition>(new DefinitionDeletionRules(services.Time));
        Row<APIService>();
        return registries;

        void Row<T>(DeletionRules<T>? deletion = null)
            where T : class, IApiObject<T>
        {
            var registry = new ResourceRegistry<T>(services, deletion);
            registries.Add(registry);
            services.Hub.Add(registry.Cache);
            routes.Add(T.Kind, null, T.Kind.Verbs, new ResourceHandler<T>(registry));
            if (T.Kind.Subresources.FirstOrDefault(s => s.Name == "status") is { } status)
                routes.Add(T.Kind, status, status.Verbs, new StatusHandler<T>(registry, "status", ChangeRules.Status));
        }
    }

    /// <summary>The description of a subresource.</summary>
    public static SubresourceInfo Subresource(KindInfo kind, string name) => kind.Subresources.First(s => s.Name == name);
}
