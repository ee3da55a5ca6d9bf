using Berth.Controllers.CronJobs;
using Berth.Controllers.DaemonSets;
using Berth.Controllers.Deployments;
using Berth.Controllers.Disruption;
using Berth.Controllers.Endpoints;
using Berth.Controllers.GarbageCollection;
using Berth.Controllers.Jobs;
using Berth.Controllers.LoadBalancers;
using Berth.Controllers.Namespaces;
using Berth.Controllers.NodeLifecycle;
using Berth.Controllers.PodGc;
using Berth.Controllers.Quotas;
using Berth.Controllers.ReplicaSets;
using Berth.Controllers.ServiceAccounts;
using Berth.Controllers.ServiceCidrs;
using Berth.Controllers.StatefulSets;
using Berth.Controllers.Volumes;
using Berth.Controllers.Volumes.Local;

namespace Berth.Controllers;

/// <summary>Every controller, one row each.</summary>
public static class ControllerSet
{
    /// <summary>Makes all controllers, which thereby ask for their informers.</summary>
    public static IReadOnlyList<Controller> Create(ControllerContext context) =>
    [
        new NamespaceController(context),
        new GarbageCollectorController(context),
        new ServiceAccountsController(context),
        new EndpointsController(context),
        new EndpointSliceController(context),
        new ReplicaSetController(context),
        new ReplicationControllerController(context),
        new DeploymentController(context),
        new StatefulSetController(context),
        new DaemonSetController(context),
        new JobController(context),
        new JobLifetimeController(context),
        new CronJobController(context),
        new NodeLifecycleController(context),
        new TaintEvictionController(context),
        new PodGcController(context),
        new ResourceQuotaController(context),
        new DisruptionController(context),
        new StaleDisruptionController(context),
        new EndpointSliceMirroringController(context),
        new IPAddressController(context),
        new LoadBalancerController(context),
        new ServiceCidrController(context),
        new PersistentVolumeController(context),
        new ClaimProtectionController(context),
        new VolumeProtectionController(context),
        new LocalProvisionerController(context),
        new LocalCapacityController(context),
    ];
}
