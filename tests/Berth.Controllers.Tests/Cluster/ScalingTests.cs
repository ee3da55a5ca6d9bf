using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Autoscaling.V2;
using Berth.Api.Batch.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Policy.V1;
using Berth.Client;
using Berth.Controllers.Jobs;
using Berth.Controllers.Pods;

namespace Berth.Controllers.Tests.Cluster;

/// <summary>Autoscalers, budgets of custom kinds, and Jobs that change while they run, against the real API server.</summary>
public sealed class ScalingTests
{
    private const string Widgets = "/apis/example.com/v1/namespaces/default/widgets";

    [Fact]
    public async Task Autoscaler_TargetBelowItsBounds_IsScaledAndThenLacksMetrics()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Client.CreateAsync(new Deployment
        {
            Metadata = Meta("web"),
            Spec = new DeploymentSpec { Replicas = 1, Selector = Selects("web"), Template = Given.Template() },
        });
        await cluster.Client.CreateAsync(Autoscaler("web", "apps/v1", "Deployment", min: 3));
        await cluster.EventuallyAsync<Deployment>("web", d => d.Status.AvailableReplicas == 3);
        var scaled = await cluster.EventuallyAsync<HorizontalPodAutoscaler>("web", a => a.Status.DesiredReplicas == 3);
        Assert.NotNull(scaled.Status.LastScaleTime);
        await cluster.EventuallyAllAsync<Event>(e => e.Any(x => x is { Reason: "SuccessfulRescale", Message: "New size: 3; reason: Current number of replicas below Spec.MinReplicas" }));

        // Nothing measures here.
        await cluster.EventuallyAsync<HorizontalPodAutoscaler>("web", a => a.Status.Conditions.Any(c => c is { Type: "ScalingActive", Status: "False", Reason: "FailedGetResourceMetric" }));
    }

    [Fact]
    public async Task Autoscaler_TargetIsMissing_SaysSo()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Client.CreateAsync(Autoscaler("lost", "apps/v1", "Deployment", min: 1));
        var told = await cluster.EventuallyAsync<HorizontalPodAutoscaler>("lost", a => a.Status.Conditions.Any(c => c is { Type: "AbleToScale", Status: "False", Reason: "FailedGetScale" }));
        Assert.Equal(
            "the HPA controller was unable to get the target's current scale: deployments.apps \"lost\" not found",
            told.Status.Conditions.Single(c => c.Type == "AbleToScale").Message);
    }

    [Fact]
    public async Task Autoscaler_CustomKindWithScale_IsScaled()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.ServeWidgetsAsync();
        await cluster.SendAsync(HttpMethod.Post, Widgets, """{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"},"spec":{"replicas":1}}""");
        await cluster.Client.CreateAsync(Autoscaler("w", "example.com/v1", "Widget", min: 2));
        await cluster.EventuallyAsync<HorizontalPodAutoscaler>("w", a => a.Status.DesiredReplicas == 2);
        var widget = JsonNode.Parse(await cluster.SendAsync(HttpMethod.Get, Widgets + "/w"))!;
        Assert.Equal(2, widget["spec"]!["replicas"]!.GetValue<int>());
    }

    [Fact]
    public async Task Budget_PodsOfACustomKind_CountsByItsScale()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.ServeWidgetsAsync();
        var widget = JsonNode.Parse(await cluster.SendAsync(HttpMethod.Post, Widgets, """{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"},"spec":{"replicas":4}}"""))!;
        var owner = new OwnerReference { ApiVersion = "example.com/v1", Kind = "Widget", Name = "w", Uid = widget["metadata"]!["uid"]!.GetValue<string>(), Controller = true };
        foreach (var name in new[] { "a", "b", "c" })
            await cluster.Client.CreateAsync(new Pod { Metadata = Meta(name) with { Labels = ApiMap.Of(("app", "web")), OwnerReferences = [owner] }, Spec = Given.Template().Spec });
        await cluster.Client.CreateAsync(new PodDisruptionBudget { Metadata = Meta("budget"), Spec = new PodDisruptionBudgetSpec { MaxUnavailable = 2, Selector = Selects("web") } });
        var budget = await cluster.EventuallyAsync<PodDisruptionBudget>("budget", b => b.Status.CurrentHealthy == 3);
        Assert.Equal((4, 2, 1), (budget.Status.ExpectedPods, budget.Status.DesiredHealthy, budget.Status.DisruptionsAllowed));
    }

    [Fact]
    public async Task Job_IndexedMadeSmallerAndLarger_KeepsTheAccount()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Client.CreateAsync(MakeJob("elastic", "runs") with { Spec = MakeJob("elastic", "runs").Spec with { Completions = 4, Parallelism = 4, CompletionMode = "Indexed" } });
        await cluster.EventuallyAsync<Job>("elastic", j => j.Status is { Active: 4, Ready: 4 });
        await FinishAsync(cluster, 3);
        await cluster.EventuallyAsync<Job>("elastic", j => j.Status is { Succeeded: 1, CompletedIndexes: "3" });

        await ResizeAsync(cluster, 2);
        // The index that succeeded is no longer one of the Job's.
        await cluster.EventuallyAsync<Job>("elastic", j => j.Status is { Active: 2, Succeeded: 0, CompletedIndexes: "" });
        await ResizeAsync(cluster, 3);
        await cluster.EventuallyAsync<Job>("elastic", j => j.Status is { Active: 3, Succeeded: 0 });
        for (var index = 0; index < 3; index++)
            await FinishAsync(cluster, index);
        var done = await cluster.EventuallyAsync<Job>("elastic", j => JobConditions.End(j) is not null);
        Assert.Equal((3, "0-2", "Complete"), (done.Status.Succeeded, done.Status.CompletedIndexes, JobConditions.End(done)!.Type));
    }

    [Fact]
    public async Task Job_SuspendedThenSteeredAndResumed_RunsWhereItIsTold()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Client.CreateAsync(MakeJob("work", "runs") with { Spec = MakeJob("work", "runs").Spec with { Suspend = true } });
        await cluster.EventuallyAsync<Job>("work", j => j.Status.Conditions.Any(c => c is { Type: "Suspended", Status: "True", Reason: "JobSuspended" }));
        Assert.Empty((await cluster.Client.ListAsync<Pod>("default")).Items);
        await PatchJobAsync(cluster, "work", """{"spec":{"template":{"spec":{"nodeSelector":{"zone":"a"}}}}}""");
        await PatchJobAsync(cluster, "work", """{"spec":{"suspend":false}}""");
        var pods = await cluster.EventuallyAllAsync<Pod>(p => p.Count == 1);
        Assert.Equal("a", pods[0].Spec.NodeSelector.GetOr("zone"));
        await PatchJobAsync(cluster, "work", """{"spec":{"suspend":true}}""");
        var stopped = await cluster.EventuallyAsync<Job>("work", j => j.Status is { Active: 0, StartTime: null });
        Assert.Equal("True", stopped.Status.Conditions.Single(c => c.Type == "Suspended").Status);
    }

    [Fact]
    public async Task Job_ManagedByAnother_IsLeftAlone()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Client.CreateAsync(MakeJob("theirs", "succeeds") with { Spec = MakeJob("theirs", "succeeds").Spec with { ManagedBy = "example.com/other" } });
        await cluster.Client.CreateAsync(MakeJob("ours", "succeeds"));
        await cluster.EventuallyAsync<Job>("ours", j => JobConditions.End(j) is not null);
        var theirs = await cluster.Client.GetAsync<Job>("default", "theirs");
        Assert.Null(theirs.Status.StartTime);
        Assert.DoesNotContain((await cluster.Client.ListAsync<Pod>("default")).Items, p => ControllerRefs.Of(p)?.Name == "theirs");
    }

    [Fact]
    public async Task Job_Wide_CountsManyPodsWithFewWrites()
    {
        await using var cluster = await TestCluster.StartAsync();
        var created = await cluster.Client.CreateAsync(MakeJob("wide", "succeeds") with { Spec = MakeJob("wide", "succeeds").Spec with { Completions = 200, Parallelism = 50, CompletionMode = "Indexed" } });
        var writes = 0;
        using var stop = new CancellationTokenSource();
        var counting = Task.Run(async () =>
        {
            try
            {
                await foreach (var change in cluster.Client.WatchAsync<Job>("default", new ListOptions { ResourceVersion = created.Metadata.ResourceVersion }, stop.Token))
                    writes += change.Type == WatchEventType.Modified ? 1 : 0;
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // Asked to stop.
            }
        });
        var done = await cluster.EventuallyAsync<Job>("wide", j => JobConditions.End(j) is not null);
        await stop.CancelAsync();
        await counting;
        Assert.Equal((200, "0-199"), (done.Status.Succeeded, done.Status.CompletedIndexes));
        // A write for each pod would be 200, and twice that for the finalizers; batches of a second come to a few for each 50.
        Assert.True(writes <= 80, $"{writes} writes for 200 pods");
    }

    private static async Task ResizeAsync(TestCluster cluster, int size) =>
        await PatchJobAsync(cluster, "elastic", $$$"""{"spec":{"completions":{{{size}}},"parallelism":{{{size}}}}}""");

    private static Task PatchJobAsync(TestCluster cluster, string name, string patch) => cluster.Client.PatchAsync<Job>("default", name, Patch.Merge(patch));

    private static async Task FinishAsync(TestCluster cluster, int index)
    {
        var pods = await cluster.EventuallyAllAsync<Pod>(all => all.Any(p => JobPods.Index(p) == index && p.Status.Phase == "Running"));
        var pod = pods.First(p => JobPods.Index(p) == index && p.Status.Phase == "Running");
        await cluster.Client.PatchAsync<Pod>("default", pod.Metadata.Name, Patch.Merge("""{"status":{"phase":"Succeeded"}}"""), "status");
    }

    private static HorizontalPodAutoscaler Autoscaler(string target, string apiVersion, string kind, int min) => new()
    {
        Metadata = Meta(target),
        Spec = new HorizontalPodAutoscalerSpec
        {
            ScaleTargetRef = new CrossVersionObjectReference { ApiVersion = apiVersion, Kind = kind, Name = target },
            MinReplicas = min,
            MaxReplicas = 5,
        },
    };

    private static LabelSelector Selects(string app) => new() { MatchLabels = ApiMap.Of(("app", app)) };

    private static ObjectMeta Meta(string name) => new() { Name = name, Namespace = "default" };

    private static Job MakeJob(string name, string image) => new()
    {
        Metadata = Meta(name),
        Spec = new JobSpec { Template = new PodTemplateSpec { Spec = new PodSpec { RestartPolicy = "Never", Containers = [new Container { Name = "main", Image = image }] } } },
    };
}
