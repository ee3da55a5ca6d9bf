using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Policy.V1;
using CoreEndpoints = Berth.Api.Core.V1.Endpoints;
using CorePort = Berth.Api.Core.V1.EndpointPort;

namespace Berth.Controllers.Tests.Cluster;

/// <summary>The controllers of nodes, quotas, budgets, volumes and endpoints against the real API server.</summary>
public sealed class ClusterStateTests
{
    [Fact]
    public async Task Quota_ObjectsComeAndGo_StatusFollows()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Client.CreateAsync(new ResourceQuota
        {
            Metadata = Meta("quota"),
            Spec = new ResourceQuotaSpec { Hard = ApiMap<Quantity>.Empty.With("configmaps", Quantity.FromUnits(9)).With("pods", Quantity.FromUnits(2)) },
        });
        // kube-root-ca.crt counts too.
        await cluster.EventuallyAsync<ResourceQuota>("quota", q => Used(q, "configmaps") == 1 && Used(q, "pods") == 0 && q.Status.Hard.Equals(q.Spec.Hard));
        await cluster.Client.CreateAsync(new ConfigMap { Metadata = Meta("a") });
        await cluster.Client.CreateAsync(PodOf("p"));
        await cluster.EventuallyAsync<ResourceQuota>("quota", q => Used(q, "configmaps") == 2 && Used(q, "pods") == 1);
        await cluster.Client.DeleteAsync<ConfigMap>("default", "a");
        await cluster.Client.DeleteAsync<Pod>("default", "p");
        await cluster.EventuallyAsync<ResourceQuota>("quota", q => Used(q, "configmaps") == 1 && Used(q, "pods") == 0);
    }

    [Fact]
    public async Task Budget_PodsGetReady_AllowsDisruptions()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Client.CreateAsync(new PodDisruptionBudget
        {
            Metadata = Meta("budget"),
            Spec = new PodDisruptionBudgetSpec { MinAvailable = 1, Selector = new LabelSelector { MatchLabels = ApiMap.Of(("app", "web")) } },
        });
        await cluster.EventuallyAsync<PodDisruptionBudget>("budget", b => b.Status.ObservedGeneration == b.Metadata.Generation && b.Status.DisruptionsAllowed == 0);
        await cluster.Client.CreateAsync(PodOf("a"));
        await cluster.Client.CreateAsync(PodOf("b"));
        var budget = await cluster.EventuallyAsync<PodDisruptionBudget>("budget", b => b.Status.DisruptionsAllowed == 1);
        Assert.Equal((2, 1, 2), (budget.Status.CurrentHealthy, budget.Status.DesiredHealthy, budget.Status.ExpectedPods));
        Assert.Contains(budget.Status.Conditions, c => c is { Type: "DisruptionAllowed", Status: "True", Reason: "SufficientPods" });
    }

    [Fact]
    public async Task Claim_VolumeThatSuits_IsBoundProtectedAndReleased()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Client.CreateAsync(new PersistentVolumeClaim
        {
            Metadata = Meta("data"),
            Spec = new PersistentVolumeClaimSpec
            {
                AccessModes = ["ReadWriteOnce"],
                StorageClassName = "manual",
                Resources = new VolumeResourceRequirements { Requests = ApiMap<Quantity>.Empty.With("storage", Quantity.Parse("1Gi")) },
            },
        });
        await cluster.EventuallyAsync<PersistentVolumeClaim>("data", c => c.Status.Phase == "Pending" && c.Metadata.Finalizers.Contains("kubernetes.io/pvc-protection"));
        await cluster.Client.CreateAsync(new PersistentVolume
        {
            Metadata = new ObjectMeta { Name = "disk" },
            Spec = new PersistentVolumeSpec
            {
                AccessModes = ["ReadWriteOnce"],
                StorageClassName = "manual",
                Capacity = ApiMap<Quantity>.Empty.With("storage", Quantity.Parse("2Gi")),
                HostPath = new HostPathVolumeSource { Path = "/data" },
                PersistentVolumeReclaimPolicy = "Retain",
            },
        });
        var claim = await cluster.EventuallyAsync<PersistentVolumeClaim>("data", c => c.Status.Phase == "Bound");
        Assert.Equal(("disk", "2Gi"), (claim.Spec.VolumeName, claim.Status.Capacity["storage"].ToString()));
        var volume = await cluster.EventuallyAsync<PersistentVolume>("disk", v => v.Status.Phase == "Bound");
        Assert.Equal(claim.Metadata.Uid, volume.Spec.ClaimRef?.Uid);

        await cluster.Client.DeleteAsync<PersistentVolumeClaim>("default", "data");
        await cluster.EventuallyAsync<PersistentVolume>("disk", v => v.Status.Phase == "Released");
        await cluster.Client.DeleteAsync<PersistentVolume>(null, "disk");
        await cluster.EventuallyAllAsync<PersistentVolume>(v => v.Count == 0);
    }

    [Fact]
    public async Task Endpoints_WrittenByHand_HaveASliceWhileTheServiceHasNoSelector()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Client.CreateAsync(new Service { Metadata = Meta("db"), Spec = new ServiceSpec { Ports = [new ServicePort { Port = 80 }] } });
        await cluster.Client.CreateAsync(new CoreEndpoints
        {
            Metadata = Meta("db"),
            Subsets = [new EndpointSubset { Addresses = [new EndpointAddress { Ip = "10.9.8.7" }], Ports = [new CorePort { Port = 80, Protocol = "TCP" }] }],
        });
        var slices = await cluster.EventuallyAllAsync<EndpointSlice>(s => s.Any(IsOfDb));
        var slice = Assert.Single(slices, IsOfDb);
        Assert.Equal("10.9.8.7", slice.Endpoints[0].Addresses[0]);
        await cluster.Client.DeleteAsync<CoreEndpoints>("default", "db");
        await cluster.EventuallyAllAsync<EndpointSlice>(s => !s.Any(IsOfDb));

        static bool IsOfDb(EndpointSlice slice) => slice.Metadata.Labels.GetOr("kubernetes.io/service-name") == "db";
    }

    [Fact]
    public async Task Node_IsNotReadyBesideOneThatIs_IsTaintedAndItsPodsGo()
    {
        await using var cluster = await TestCluster.StartAsync();
        await NodeAsync(cluster, "good", "True");
        await NodeAsync(cluster, "bad", "True");
        var pod = PodOf("p");
        await cluster.Client.CreateAsync(pod with
        {
            Spec = pod.Spec with { NodeName = "bad", TerminationGracePeriodSeconds = 0, Tolerations = [Tolerate("node.kubernetes.io/not-ready", 1), Tolerate("node.kubernetes.io/unreachable", 1)] },
        });
        await cluster.EventuallyAsync<Pod>("p", p => p.Status.Phase == "Running");
        var bad = await cluster.EventuallyAsync<Node>("bad", n => n.Spec.Taints.IsEmpty);
        await cluster.Client.UpdateStatusAsync(Unversioned(bad) with { Status = StatusOf("False") });
        await cluster.EventuallyAsync<Node>("bad", n => n.Spec.Taints.Any(t => t is { Key: "node.kubernetes.io/not-ready", Effect: "NoExecute" }));
        await cluster.EventuallyAllAsync<Pod>(p => p.All(x => x.Metadata.Name != "p" || x.Metadata.DeletionTimestamp is not null));
        var again = await cluster.Client.GetAsync<Node>(null, "bad");
        await cluster.Client.UpdateStatusAsync(Unversioned(again) with { Status = StatusOf("True") });
        await cluster.EventuallyAsync<Node>("bad", n => n.Spec.Taints.IsEmpty);
    }

    private static async Task NodeAsync(TestCluster cluster, string name, string ready)
    {
        var node = await cluster.Client.CreateAsync(new Node { Metadata = new ObjectMeta { Name = name } });
        await cluster.Client.UpdateStatusAsync(Unversioned(node) with { Status = StatusOf(ready) });
    }

    // Controllers write to nodes in between.
    private static Node Unversioned(Node node) => node with { Metadata = node.Metadata with { ResourceVersion = "" } };

    private static NodeStatus StatusOf(string ready) =>
        new() { Conditions = [new NodeCondition { Type = "Ready", Status = ready, LastHeartbeatTime = DateTimeOffset.UtcNow, LastTransitionTime = DateTimeOffset.UtcNow }] };

    private static Toleration Tolerate(string key, long seconds) => new() { Key = key, Operator = "Exists", Effect = "NoExecute", TolerationSeconds = seconds };

    private static long Used(ResourceQuota quota, string resource) => quota.Status.Used.TryGetValue(resource, out var amount) ? amount.Value : -1;

    private static Pod PodOf(string name) => new() { Metadata = Meta(name) with { Labels = ApiMap.Of(("app", "web")) }, Spec = Given.Template().Spec };

    private static ObjectMeta Meta(string name) => new() { Name = name, Namespace = "default" };
}
