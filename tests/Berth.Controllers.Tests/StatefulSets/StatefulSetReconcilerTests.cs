using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Controllers.Pods;
using Berth.Controllers.Revisions;
using Berth.Controllers.StatefulSets;

namespace Berth.Controllers.Tests.StatefulSets;

public sealed class StatefulSetReconcilerTests
{
    private readonly Dictionary<string, Pod> _pods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PersistentVolumeClaim> _claims = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ControllerRevision> _revisions = new(StringComparer.Ordinal);
    private int _made;
    private StatefulSet _set = new()
    {
        Metadata = new ObjectMeta { Name = "db", Namespace = "default", Uid = "set", Generation = 1 },
        Spec = new StatefulSetSpec
        {
            Replicas = 3,
            ServiceName = "db",
            Selector = new LabelSelector { MatchLabels = ApiMap.Of(("app", "web")) },
            Template = Given.Template(),
            UpdateStrategy = new StatefulSetUpdateStrategy { Type = "RollingUpdate", RollingUpdate = new RollingUpdateStatefulSetStrategy { Partition = 0 } },
        },
    };

    [Fact]
    public void Plan_InOrder_CreatesEachWhenThoseBeforeItAreReady()
    {
        var seen = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            Reconcile();
            seen.Add(string.Join(' ', _pods.Keys.Order()));
            RunPods();
        }

        Assert.Equal(["db-0", "db-0 db-1", "db-0 db-1 db-2"], seen.Distinct());
        Assert.False(Reconcile());
        Assert.Equal((3, 3, 3, 3), (_set.Status.Replicas, _set.Status.ReadyReplicas, _set.Status.UpdatedReplicas, _set.Status.CurrentReplicas));
        var pod = _pods["db-1"];
        Assert.Equal(("db-1", "1", "db-1", "db"), (pod.Metadata.Labels["statefulset.kubernetes.io/pod-name"], pod.Metadata.Labels["apps.kubernetes.io/pod-index"], pod.Spec.Hostname, pod.Spec.Subdomain));
        Assert.Equal(_set.Status.UpdateRevision, pod.Metadata.Labels["controller-revision-hash"]);
    }

    [Fact]
    public void Plan_Parallel_CreatesAllAtOnce()
    {
        _set = _set with { Spec = _set.Spec with { PodManagementPolicy = "Parallel", Ordinals = new StatefulSetOrdinals { Start = 5 } } };
        Reconcile();

        Assert.Equal(["db-5", "db-6", "db-7"], _pods.Keys.Order());
    }

    [Fact]
    public void Plan_ScaledDown_RemovesTheHighestFirst()
    {
        Settle();
        _set = _set with { Spec = _set.Spec with { Replicas = 1 } };
        Reconcile();
        Assert.NotNull(_pods["db-2"].Metadata.DeletionTimestamp);
        Assert.Null(_pods["db-1"].Metadata.DeletionTimestamp);
        Settle();

        Assert.Equal(["db-0"], _pods.Keys);
    }

    [Theory]
    [InlineData("OrderedReady", 1)]
    [InlineData("Parallel", 1)]
    [InlineData("Parallel", 2)]
    public void Plan_NewTemplate_ReplacesWithinMaxUnavailable(string policy, int maxUnavailable)
    {
        var rolling = new RollingUpdateStatefulSetStrategy { Partition = 1, MaxUnavailable = maxUnavailable };
        _set = _set with { Spec = _set.Spec with { Replicas = 5, PodManagementPolicy = policy, UpdateStrategy = new StatefulSetUpdateStrategy { Type = "RollingUpdate", RollingUpdate = rolling } } };
        Settle();
        var old = _set.Status.CurrentRevision;
        Change(s => s with { Template = Given.Template("web:2") });
        for (var i = 0; i < 40; i++)
        {
            Reconcile();
            var available = _pods.Values.Count(p => p.Metadata.DeletionTimestamp is null && PodFacts.IsReady(p));
            Assert.True(available >= 5 - maxUnavailable, $"{available} of 5 are available");
            RunPods();
        }

        Assert.False(Reconcile());
        Assert.Equal(old, _pods["db-0"].Metadata.Labels["controller-revision-hash"]);
        Assert.All(Enumerable.Range(1, 4), i => Assert.Equal("web:2", _pods[$"db-{i}"].Spec.Containers[0].Image));
        Assert.Equal((4, 1), (_set.Status.UpdatedReplicas, _set.Status.CurrentReplicas));

        // A pod below the partition that is lost comes back as it was.
        _pods.Remove("db-0");
        Settle();
        Assert.Equal("web:1", _pods["db-0"].Spec.Containers[0].Image);

        Change(s => s with { UpdateStrategy = new StatefulSetUpdateStrategy { Type = "RollingUpdate", RollingUpdate = rolling with { Partition = 0 } } });
        Settle();
        Assert.Equal("web:2", _pods["db-0"].Spec.Containers[0].Image);
        Assert.Equal(_set.Status.UpdateRevision, _set.Status.CurrentRevision);
    }

    [Fact]
    public void Plan_OnDelete_WaitsForTheUser()
    {
        _set = _set with { Spec = _set.Spec with { UpdateStrategy = new StatefulSetUpdateStrategy { Type = "OnDelete" } } };
        Settle();
        Change(s => s with { Template = Given.Template("web:2") });
        Settle();
        Assert.All(_pods.Values, p => Assert.Equal("web:1", p.Spec.Containers[0].Image));

        _pods.Remove("db-1");
        Settle();
        Assert.Equal("web:2", _pods["db-1"].Spec.Containers[0].Image);
    }

    [Fact]
    public void Plan_ClaimTemplates_GivesEachPodItsClaimAndKeepsIt()
    {
        var template = new PersistentVolumeClaim { Metadata = new ObjectMeta { Name = "data" } };
        _set = _set with { Spec = _set.Spec with { Replicas = 2, VolumeClaimTemplates = [template] } };
        Settle();
        Assert.Equal(["data-db-0", "data-db-1"], _claims.Keys.Order());
        Assert.Equal("data-db-1", _pods["db-1"].Spec.Volumes[0].PersistentVolumeClaim!.ClaimName);

        Change(s => s with { PersistentVolumeClaimRetentionPolicy = new StatefulSetPersistentVolumeClaimRetentionPolicy { WhenDeleted = "Delete", WhenScaled = "Delete" } });
        Settle();
        Assert.All(_claims.Values, c => Assert.Equal("StatefulSet", Assert.Single(c.Metadata.OwnerReferences).Kind));

        var condemned = _pods["db-1"].Metadata.Uid;
        Change(s => s with { Replicas = 1 });
        Reconcile();
        Assert.Equal(condemned, Assert.Single(_claims["data-db-1"].Metadata.OwnerReferences).Uid);
    }

    private bool Reconcile()
    {
        var update = _revisions.Values.FirstOrDefault(r => TemplateRevision.TemplateOf(r).Equals(_set.Spec.Template));
        if (update is null)
        {
            update = TemplateRevision.Make(_set, _set.Spec.Template, _revisions.Count + 1, null, "controller.kubernetes.io/hash");
            _revisions[update.Metadata.Name] = update;
        }

        var current = _revisions.GetValueOrDefault(_set.Status.CurrentRevision, update);
        var plan = StatefulSetReconciler.Plan(_set, _pods.Values, current, update, null, name => _claims.GetValueOrDefault(name), Given.Now);
        foreach (var step in plan.Steps)
        {
            foreach (var claim in step.Claims.Concat(step.Changed))
                _claims[claim.Metadata.Name] = claim;
            var name = step.Pod.Metadata.Name;
            if (step.Action == StatefulAction.Create)
                _pods.Add(name, step.Pod with { Metadata = step.Pod.Metadata with { Uid = $"pod-{++_made}" }, Status = new PodStatus { Phase = "Pending" } });
            else if (step.Action == StatefulAction.Delete)
                _pods[name] = _pods[name] with { Metadata = _pods[name].Metadata with { DeletionTimestamp = Given.Now } };
        }

        var changed = plan.Steps.Count > 0 || !plan.Status.Equals(_set.Status);
        _set = _set with { Status = plan.Status };
        return changed;
    }

    private bool RunPods()
    {
        var changed = false;
        foreach (var (name, pod) in _pods.ToList())
        {
            changed |= pod.Metadata.DeletionTimestamp is not null || pod.Status.Phase == "Pending";
            if (pod.Metadata.DeletionTimestamp is not null)
                _pods.Remove(name);
            else
                _pods[name] = pod with { Status = Given.Pod(name).Status };
        }

        return changed;
    }

    private void Settle()
    {
        for (var i = 0; i < 100; i++)
        {
            if (!(Reconcile() | RunPods()))
                return;
        }

        Assert.Fail($"did not settle: {_set.Status}; {string.Join(' ', _pods.Keys)}");
    }

    private void Change(Func<StatefulSetSpec, StatefulSetSpec> change) => _set = _set with { Spec = change(_set.Spec) };
}
