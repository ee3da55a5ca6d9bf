using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Batch.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Client;
using Berth.Controllers.Jobs;

namespace Berth.Controllers.Tests.Cluster;

/// <summary>The workload controllers against the real API server.</summary>
public sealed class WorkloadTests
{
    private static readonly LabelSelector s_selector = new() { MatchLabels = ApiMap.Of(("app", "web")) };

    [Fact]
    public async Task Deployment_CreatedRolledAndRolledBack_EndsWhereAsked()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Client.CreateAsync(new Deployment
        {
            Metadata = Meta("web"),
            Spec = new DeploymentSpec { Replicas = 3, Selector = s_selector, Template = Given.Template() },
        });
        var first = await cluster.EventuallyAsync<Deployment>("web", IsRolledOut);
        Assert.Equal("1", first.Metadata.Annotations["deployment.kubernetes.io/revision"]);

        await ChangeAsync<Deployment>(cluster, "web", d => d with { Spec = d.Spec with { Template = Given.Template("web:2") } });
        await cluster.EventuallyAsync<Deployment>("web", d => IsRolledOut(d) && d.Metadata.Annotations["deployment.kubernetes.io/revision"] == "2");
        var pods = await cluster.EventuallyAllAsync<Pod>(p => p.Count == 3);
        Assert.All(pods, p => Assert.Equal("web:2", p.Spec.Containers[0].Image));

        await ChangeAsync<Deployment>(cluster, "web", d => d with { Spec = d.Spec with { Template = Given.Template() } });
        await cluster.EventuallyAsync<Deployment>("web", d => IsRolledOut(d) && d.Metadata.Annotations["deployment.kubernetes.io/revision"] == "3");
        var sets = await cluster.EventuallyAllAsync<ReplicaSet>(s => s.Count == 2);
        Assert.Equal("web:1", Assert.Single(sets, s => s.Spec.Replicas == 3).Spec.Template.Spec.Containers[0].Image);
        await cluster.EventuallyAllAsync<Event>(e => e.Any(x => x.Reason == "ScalingReplicaSet") && e.Any(x => x.Reason == "SuccessfulCreate"));
    }

    [Fact]
    public async Task ReplicaSet_PodDeletedAndOrphanAppears_KeepsTheNumber()
    {
        await using var cluster = await TestCluster.StartAsync();
        var orphan = Given.Template();
        await cluster.Client.CreateAsync(new Pod { Metadata = Meta("orphan") with { Labels = orphan.Metadata.Labels }, Spec = orphan.Spec });
        await cluster.Client.CreateAsync(new ReplicaSet { Metadata = Meta("web"), Spec = new ReplicaSetSpec { Replicas = 4, Selector = s_selector, Template = Given.Template() } });
        await cluster.EventuallyAsync<ReplicaSet>("web", s => s.Status.ReadyReplicas == 4);
        var pods = await cluster.EventuallyAllAsync<Pod>(p => p.Count == 4);
        Assert.Equal("web", Assert.Single(pods, p => p.Metadata.Name == "orphan").Metadata.OwnerReferences[0].Name);

        await cluster.Client.DeleteAsync<Pod>("default", pods[0].Metadata.Name);
        await cluster.EventuallyAllAsync<Pod>(p => p.Count == 4 && p.All(x => x.Metadata.Name != pods[0].Metadata.Name));

        await ChangeAsync<Pod>(cluster, pods[1].Metadata.Name, p => p with { Metadata = p.Metadata with { Labels = ApiMap.Of(("app", "other")) } });
        var after = await cluster.EventuallyAllAsync<Pod>(p => p.Count == 5);
        Assert.Empty((await cluster.EventuallyAsync<Pod>(pods[1].Metadata.Name, p => p.Metadata.OwnerReferences.IsEmpty)).Metadata.OwnerReferences);

        await ChangeAsync<ReplicaSet>(cluster, "web", s => s with { Spec = s.Spec with { Replicas = 1 } });
        await cluster.EventuallyAllAsync<Pod>(p => p.Count == 2);
        await cluster.EventuallyAsync<ReplicaSet>("web", s => s.Status is { Replicas: 1, AvailableReplicas: 1 });
    }

    [Fact]
    public async Task StatefulSet_WithClaims_GetsNamesClaimsAndNewTemplates()
    {
        await using var cluster = await TestCluster.StartAsync();
        var claim = new PersistentVolumeClaim
        {
            Metadata = new ObjectMeta { Name = "data" },
            Spec = new PersistentVolumeClaimSpec
            {
                AccessModes = ["ReadWriteOnce"],
                Resources = new VolumeResourceRequirements { Requests = ApiMap.ToApiMap([KeyValuePair.Create("storage", Quantity.Parse("1Gi"))]) },
            },
        };
        await cluster.Client.CreateAsync(new StatefulSet
        {
            Metadata = Meta("db"),
            Spec = new StatefulSetSpec { Replicas = 3, ServiceName = "db", Selector = s_selector, Template = Given.Template(), VolumeClaimTemplates = [claim] },
        });
        await cluster.EventuallyAsync<StatefulSet>("db", s => s.Status.ReadyReplicas == 3 && s.Status.CurrentReplicas == 3);
        Assert.Equal(["data-db-0", "data-db-1", "data-db-2"], (await cluster.Client.ListAsync<PersistentVolumeClaim>("default")).Items.Select(c => c.Metadata.Name).Order());

        await ChangeAsync<StatefulSet>(cluster, "db", s => s with { Spec = s.Spec with { Template = Given.Template("web:2") } });
        await cluster.EventuallyAsync<StatefulSet>("db", s => s.Status.ObservedGeneration == s.Metadata.Generation && s.Status.UpdatedReplicas == 3 && s.Status.ReadyReplicas == 3 && s.Status.CurrentRevision == s.Status.UpdateRevision);
        var pods = await cluster.EventuallyAllAsync<Pod>(p => p.Count == 3);
        Assert.Equal(["db-0", "db-1", "db-2"], pods.Select(p => p.Metadata.Name).Order());
        Assert.All(pods, p => Assert.Equal("web:2", p.Spec.Containers[0].Image));
        Assert.Equal([1L, 2L], (await cluster.Client.ListAsync<ControllerRevision>("default")).Items.Select(r => r.Revision).Order());
    }

    [Fact]
    public async Task DaemonSet_NodesComeAndTemplateChanges_FollowsBoth()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Client.CreateAsync(new Node { Metadata = new ObjectMeta { Name = "node-1" } });
        await cluster.Client.CreateAsync(new DaemonSet { Metadata = Meta("agent"), Spec = new DaemonSetSpec { Selector = s_selector, Template = Given.Template() } });
        await cluster.EventuallyAsync<DaemonSet>("agent", s => s.Status is { DesiredNumberScheduled: 1, NumberAvailable: 1 });

        await cluster.Client.CreateAsync(new Node { Metadata = new ObjectMeta { Name = "node-2" } });
        await cluster.EventuallyAsync<DaemonSet>("agent", s => s.Status is { DesiredNumberScheduled: 2, NumberAvailable: 2 });

        await ChangeAsync<DaemonSet>(cluster, "agent", s => s with { Spec = s.Spec with { Template = Given.Template("web:2") } });
        await cluster.EventuallyAsync<DaemonSet>("agent", s => s.Status is { UpdatedNumberScheduled: 2, NumberAvailable: 2 } && s.Status.ObservedGeneration == s.Metadata.Generation);
        Assert.All(await cluster.EventuallyAllAsync<Pod>(p => p.Count == 2), p => Assert.Equal("web:2", p.Spec.Containers[0].Image));
    }

    [Fact]
    public async Task Job_Indexed_CompletesAndReleasesItsPods()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Client.CreateAsync(MakeJob("work", "succeeds") with { Spec = MakeJob("work", "succeeds").Spec with { Completions = 5, Parallelism = 2, CompletionMode = "Indexed" } });
        var done = await cluster.EventuallyAsync<Job>("work", j => JobConditions.End(j) is not null);

        Assert.Equal("Complete", JobConditions.End(done)!.Type);
        Assert.Equal((5, 0, "0-4"), (done.Status.Succeeded, done.Status.Failed, done.Status.CompletedIndexes));
        Assert.NotNull(done.Status.CompletionTime);
        await cluster.EventuallyAllAsync<Pod>(p => p.Count == 5 && p.All(x => x.Metadata.Finalizers.IsEmpty));
        await cluster.EventuallyAllAsync<Event>(e => e.Any(x => x.Reason == "Completed"));
    }

    [Fact]
    public async Task Job_AlwaysFails_FailsAndIsDeletedAfterItsTime()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Client.CreateAsync(MakeJob("work", "fails") with { Spec = MakeJob("work", "fails").Spec with { BackoffLimit = 0, TtlSecondsAfterFinished = 2 } });
        var done = await cluster.EventuallyAsync<Job>("work", j => JobConditions.End(j) is not null);
        Assert.Equal(("Failed", "BackoffLimitExceeded", 1), (JobConditions.End(done)!.Type, JobConditions.End(done)!.Reason, done.Status.Failed));

        await cluster.EventuallyAllAsync<Job>(j => j.Count == 0);
        await cluster.EventuallyAllAsync<Pod>(p => p.Count == 0);
    }

    [Fact]
    public async Task CronJob_Due_StartsItsJobAndSeesItsEnd()
    {
        await using var cluster = await TestCluster.StartAsync();
        var cron = await cluster.Client.CreateAsync(new CronJob
        {
            Metadata = Meta("tick"),
            Spec = new CronJobSpec { Schedule = "* * * * *", JobTemplate = new JobTemplateSpec { Spec = MakeJob("", "succeeds").Spec } },
        });
        // As if it had last run two minutes ago.
        await ChangeAsync<CronJob>(cluster, "tick", c => c with { Status = c.Status with { LastScheduleTime = DateTimeOffset.UtcNow.AddMinutes(-2) } }, status: true);

        var after = await cluster.EventuallyAsync<CronJob>("tick", c => c.Status.LastSuccessfulTime is not null && c.Status.Active.IsEmpty);
        Assert.NotNull(after.Status.LastScheduleTime);
        var job = (await cluster.Client.ListAsync<Job>("default")).Items[0];
        Assert.StartsWith("tick-", job.Metadata.Name, StringComparison.Ordinal);
        Assert.Equal(cron.Metadata.Uid, job.Metadata.OwnerReferences[0].Uid);
        await cluster.EventuallyAllAsync<Event>(e => e.Any(x => x.Reason == "SawCompletedJob"));
    }

    private static ObjectMeta Meta(string name) => new() { Name = name, Namespace = "default" };

    private static Job MakeJob(string name, string image) => new()
    {
        Metadata = Meta(name),
        Spec = new JobSpec { Template = new PodTemplateSpec { Spec = new PodSpec { RestartPolicy = "Never", Containers = [new Container { Name = "main", Image = image }] } } },
    };

    private static bool IsRolledOut(Deployment d) =>
        d.Status.ObservedGeneration == d.Metadata.Generation && d.Status is { Replicas: 3, UpdatedReplicas: 3, AvailableReplicas: 3 }
        && d.Status.Conditions.Any(c => c is { Type: "Progressing", Reason: "NewReplicaSetAvailable" });

    private static async Task ChangeAsync<T>(TestCluster cluster, string name, Func<T, T> change, bool status = false)
        where T : class, IApiObject<T>
    {
        while (true)
        {
            var current = await cluster.Client.GetAsync<T>(T.Kind.Namespaced ? "default" : null, name);
            try
            {
                var changed = change(current);
                await (status ? cluster.Client.UpdateStatusAsync(changed) : cluster.Client.UpdateAsync(changed));
                return;
            }
            catch (ApiException e) when (e.IsConflict)
            {
                // A controller was quicker.
            }
        }
    }
}
