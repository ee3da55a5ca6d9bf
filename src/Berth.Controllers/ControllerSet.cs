using Berth.Controllers.Autoscaling;
using Berth.Controllers.BootstrapTokens;
using Berth.Controllers.CertificateSigning;
using Berth.Controllers.ClusterDns;
using Berth.Controllers.CronJobs;
using Berth.Controllers.DaemonSets;
using Berth.Controllers.Deployments;
using Berth.Controllers.DeviceClaims;
using Berth.Controllers.Disruption;
using Berth.Controllers.Endpoints;
using Berth.Controllers.GarbageCollection;
using Berth.Controllers.Jobs;
using Berth.Controllers.LoadBalancers;
using Berth.Controllers.Namespaces;
using Berth.Controllers.NodeLifecycle;
using Berth.Controllers.NodeRanges;
using Berth.Controllers.PodGc;
using Berth.Controllers.Quotas;
using Berth.Controllers.ReplicaSets;
using Berth.Controllers.ServiceAccounts;
using Berth.Controllers.ServiceCidrs;
using Berth.Controllers.StatefulSets;
using Berth.Controllers.Volumes;
using Berth.Controllers.Volumes.Local;

namespace Berth.Controllers;

/// <summary>Every controller, one row each, with the service account that it acts as.</summary>
public static class ControllerSet
{
    /// <summary>Makes all controllers, which thereby ask for their informers.</summary>
    public static IReadOnlyList<Controller> Create(ControllerContext context) =>
    [
        new NamespaceController(context.As("namespace-controller")),
        new GarbageCollectorController(context.As("generic-garbage-collector")),
        new ServiceAccountsController(context),
        new EndpointsController(context.As("endpoint-controller")),
        new EndpointSliceController(context.As("endpointslice-controller")),
        new ReplicaSetController(context.As("replicaset-controller")),
        new ReplicationControllerController(context.As("replication-controller")),
        new DeploymentController(context.As("deployment-controller")),
        new StatefulSetController(context.As("statefulset-controller")),
        new DaemonSetController(context.As("daemon-set-controller")),
        new JobController(context.As("job-controller")),
        new JobLifetimeController(context.As("ttl-after-finished-controller")),
        new CronJobController(context.As("cronjob-controller")),
        new HorizontalAutoscalerController(context.As("horizontal-pod-autoscaler")),
        new NodeLifecycleController(context.As("node-controller")),
        new TaintEvictionController(context.As("node-controller")),
        new PodGcController(context.As("pod-garbage-collector")),
        new ResourceQuotaController(context.As("resourcequota-controller")),
        new DisruptionController(context.As("disruption-controller")),
        new StaleDisruptionController(context.As("disruption-controller")),
        new EndpointSliceMirroringController(context.As("endpointslicemirroring-controller")),
        new IPAddressController(context.As("ip-address-controller")),
        new LoadBalancerController(context.As("service-controller")),
        new ServiceCidrController(context.As("service-cidrs-controller")),
        new PersistentVolumeController(context.As("persistent-volume-binder")),
        new ClaimProtectionController(context.As("pvc-protection-controller")),
        new VolumeProtectionController(context.As("pv-protection-controller")),
        new AttributesClassProtectionController(context.As("volumeattributesclass-protection-controller")),
        new EphemeralVolumeController(context.As("ephemeral-volume-controller")),
        new AttachDetachController(context.As("attachdetach-controller")),
        new ExpandController(context.As("expand-controller")),
        new PodClaimController(context.As("resource-claim-controller")),
        new ResourceClaimController(context.As("resource-claim-controller")),
        new DeviceTaintEvictionController(context.As("device-taint-eviction-controller")),
        new DeviceClassController(context.As("device-class-controller")),
        new LocalProvisionerController(context.As("local-provisioner")),
        new LocalCapacityController(context.As("local-provisioner")),
        new TokenCleanerController(context.As("token-cleaner")),
        .. context.CertificateSigner is { } signer ? [new CertificateSigningController(context.As("certificate-controller"), signer)] : NoController,
        .. context.PodRange is { } range ? [new NodeRangeController(context.As("node-controller"), range)] : NoController,
        .. context.DnsAddress is { } dns ? [new ClusterDnsController(context.As("cluster-dns-controller"), dns)] : NoController,
    ];

    private static Controller[] NoController => [];
}
