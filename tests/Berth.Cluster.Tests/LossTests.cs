namespace Berth.Cluster.Tests;

/// <summary>What happens to pods when an agent is killed, a node is drained, or a node is cut off from the rest.</summary>
public sealed class LossTests(ClusterLab lab)
{
    // 40 s of grace, 5 s until the next look, 3 s of toleration, the rest for a slow machine.
    private static readonly TimeSpan s_loss = TimeSpan.FromSeconds(110);
    private static readonly TimeSpan s_toleration = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Agent_KilledAndStarted_FindsItsContainersAsTheyWere()
    {
        Assert.SkipWhen(ClusterLab.CannotRun is not null, ClusterLab.CannotRun ?? "");
        var ns = await lab.NamespaceAsync("killed", Pods("kind: Deployment", "stay", "nodeName: node2", replicas: 2));
        await lab.KubectlAsync("rollout", "status", "-n", ns, "deployment/stay", "--timeout=60s");
        var before = await ContainersAsync();
        await lab.ScriptAsync("kill", "2");
        // The pods go on, and answer, while nobody watches them.
        var address = await lab.KubectlAsync("get", "pods", "-n", ns, "-o", "jsonpath={.items[0].status.podIP}");
        Assert.Equal(0, (await lab.InsideAsync(1, "curl", "-s", "--max-time", "5", $"http://{address}/")).ExitCode);
        await lab.ScriptAsync("start", "2");
        await lab.UntilAsync(() => lab.KubectlAsync("get", "node", "node2"), t => t.Contains(" Ready", StringComparison.Ordinal), s_settle);
        Assert.Equal(before, await ContainersAsync());
        Assert.Equal("0 0", await lab.KubectlAsync("get", "pods", "-n", ns, "-o", "jsonpath={.items[*].status.containerStatuses[0].restartCount}"));
        // It also takes up work again.
        await lab.KubectlAsync("scale", "-n", ns, "deployment/stay", "--replicas=3");
        await lab.KubectlAsync("rollout", "status", "-n", ns, "deployment/stay", "--timeout=60s");
        await lab.KubectlAsync("delete", "namespace", ns, "--wait=false");

        Task<string> ContainersAsync() => lab.KubectlAsync("get", "pods", "-n", ns, "--sort-by=.metadata.name", "-o", "jsonpath={range .items[*]}{.metadata.name} {.status.containerStatuses[0].containerID}{\"\\n\"}{end}");
    }

    [Fact]
    public async Task Drain_OfANode_WaitsForBudgetsAndLeavesDaemons()
    {
        Assert.SkipWhen(ClusterLab.CannotRun is not null, ClusterLab.CannotRun ?? "");
        var ns = await lab.NamespaceAsync("drained", $$$"""
            {{{Pods("kind: Deployment", "web", "", replicas: 4, spread: true)}}}
            ---
            {{{Pods("kind: DaemonSet", "daemon", "", replicas: null)}}}
            ---
            apiVersion: policy/v1
            kind: PodDisruptionBudget
            metadata: {name: web}
            spec: { minAvailable: 3, selector: { matchLabels: { app: web } } }
            """);
        await lab.KubectlAsync("rollout", "status", "-n", ns, "deployment/web", "--timeout=60s");
        await lab.KubectlAsync("rollout", "status", "-n", ns, "daemonset/daemon", "--timeout=60s");
        await lab.UntilAsync(() => lab.KubectlAsync("get", "pdb", "-n", ns, "web", "-o", "jsonpath={.status.disruptionsAllowed}"), t => t == "1", s_settle);
        Assert.Contains("node2", await NodesAsync(), StringComparison.Ordinal);

        var drain = lab.BerthAsync("node", "drain", "node2", "--timeout", "100");
        var least = 4;
        while (!drain.IsCompleted)
        {
            var ready = int.Parse("0" + await lab.KubectlAsync("get", "deployment", "-n", ns, "web", "-o", "jsonpath={.status.readyReplicas}"), System.Globalization.CultureInfo.InvariantCulture);
            least = Math.Min(least, ready);
        }

        var (code, text) = await drain;
        Assert.True(code == 0, text);
        Assert.True(least >= 3, $"the budget asks for 3 ready pods; {least} were seen\n{text}");
        Assert.Contains("its DaemonSet would make it again here", text, StringComparison.Ordinal);
        await lab.KubectlAsync("rollout", "status", "-n", ns, "deployment/web", "--timeout=60s");
        Assert.DoesNotContain("node2", await NodesAsync(), StringComparison.Ordinal);
        Assert.Contains("SchedulingDisabled", await lab.KubectlAsync("get", "node", "node2"), StringComparison.Ordinal);
        Assert.Equal(0, (await lab.BerthAsync("node", "uncordon", "node2")).ExitCode);
        await lab.KubectlAsync("delete", "namespace", ns, "--wait=false");

        Task<string> NodesAsync() => lab.KubectlAsync("get", "pods", "-n", ns, "-l", "app=web", "-o", "jsonpath={.items[*].spec.nodeName}");
    }

    [Fact]
    public async Task Node_CutOff_IsReplacedAndReturnsWithoutDoubles()
    {
        Assert.SkipWhen(ClusterLab.CannotRun is not null, ClusterLab.CannotRun ?? "");
        var tolerations = FormattableString.Invariant($"tolerations: [{{key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: {s_toleration.TotalSeconds}}}]");
        const string Prefers = "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 100, preference: {matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node2]}]}}]}}";
        var ns = await lab.NamespaceAsync("cut", $$"""
            {{Pods("kind: Deployment", "web", $"{tolerations}\n      {Prefers}", replicas: 1)}}
            ---
            {{Pods("kind: StatefulSet", "db", $"{tolerations}\n      {Prefers}", replicas: 1)}}
            """);
        await lab.KubectlAsync("rollout", "status", "-n", ns, "deployment/web", "--timeout=60s");
        await lab.KubectlAsync("rollout", "status", "-n", ns, "statefulset/db", "--timeout=60s");
        var lost = await PodsAsync("web");
        var member = await PodsAsync("db");
        Assert.EndsWith("node2", lost, StringComparison.Ordinal);
        Assert.EndsWith("node2", member, StringComparison.Ordinal);

        await lab.ScriptAsync("cut", "2");
        var cut = TimeProvider.System.GetUtcNow();
        try
        {
            await lab.UntilAsync(() => lab.KubectlAsync("get", "node", "node2", "-o", "jsonpath={.status.conditions[?(@.type=='Ready')].status} {.spec.taints[*].effect}"), t => t.StartsWith("Unknown", StringComparison.Ordinal) && t.Contains("NoExecute", StringComparison.Ordinal), s_loss);
            // The Deployment's pod is replaced; the StatefulSet's is not: it may still be running over there.
            await lab.UntilAsync(() => PodsAsync("web", ready: true), t => t.Length > 0 && t != lost, s_loss);
            var tainted = Time(await lab.KubectlAsync("get", "node", "node2", "-o", "jsonpath={.spec.taints[?(@.effect=='NoExecute')].timeAdded}"));
            var running = Time(await lab.KubectlAsync("get", "pods", "-n", ns, "-l", "app=web", "-o", "jsonpath={.items[?(@.spec.nodeName!='node2')].status.containerStatuses[0].state.running.startedAt}"));
            var late = running - tainted - s_toleration;
            TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"node tainted {(tainted - cut).TotalSeconds:F1} s after it was cut off; its pod's replacement runs {late.TotalSeconds:F0} s after the eviction delay"));
            // A quiet machine needs a second; the times are whole seconds.
            Assert.InRange(late, TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(20));
            await lab.UntilAsync(() => lab.KubectlAsync("get", "pod", "-n", ns, "db-0", "-o", "jsonpath={.metadata.deletionTimestamp}"), t => t.Length > 0, s_loss);
            Assert.Equal(member, await PodsAsync("db"));
            // Somebody deletes the pod by force, so that the cluster forgets it while it runs.
            await lab.KubectlAsync("delete", "pod", "-n", ns, lost.Split(' ')[0], "--force", "--grace-period=0");
            Assert.Contains("HTTP/1.1 200", (await lab.InsideAsync(2, "sh", "-c", $"curl -si --max-time 5 http://{lost.Split(' ')[1]}/")).Text, StringComparison.Ordinal);
        }
        finally
        {
            await lab.ScriptAsync("mend", "2");
        }

        await lab.UntilAsync(() => lab.KubectlAsync("get", "node", "node2", "-o", "jsonpath={.status.conditions[?(@.type=='Ready')].status} {.spec.taints[*].effect}"), t => t == "True", s_settle);
        // What the cluster forgot is ended there, and its address answers no more.
        await lab.UntilAsync(async () => (await lab.InsideAsync(2, "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "2", $"http://{lost.Split(' ')[1]}/")).Text.Trim(), t => t == "000", s_settle);
        // The member ends where it was before it begins anew: one of its name, and another uid.
        await lab.UntilAsync(() => lab.KubectlAsync("get", "pods", "-n", ns, "-l", "app=db", "-o", "jsonpath={.items[*].metadata.deletionTimestamp}{.items[*].status.conditions[?(@.type=='Ready')].status}"), t => t == "True", s_settle);
        Assert.Single((await PodsAsync("web")).Split('\n'));
        Assert.Single((await PodsAsync("db")).Split('\n'));
        await lab.KubectlAsync("delete", "namespace", ns, "--wait=false");

        Task<string> PodsAsync(string app, bool ready = false) => lab.KubectlAsync(
            "get", "pods", "-n", ns, "-l", "app=" + app, "-o",
            ready
                ? "jsonpath={range .items[?(@.status.containerStatuses[0].ready==true)]}{.metadata.name} {.status.podIP} {.spec.nodeName}{\"\\n\"}{end}"
                : "jsonpath={range .items[*]}{.metadata.name} {.status.podIP} {.spec.nodeName}{\"\\n\"}{end}");
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static string Pods(string kind, string app, string spec, int? replicas, bool spread = false) => $$$"""
        apiVersion: apps/v1
        {{{kind}}}
        metadata: {name: {{{app}}}}
        spec:
          {{{(replicas is null ? "" : $"replicas: {replicas}")}}}
          {{{(kind.EndsWith("StatefulSet", StringComparison.Ordinal) ? $"serviceName: {app}" : "")}}}
          selector: {matchLabels: {app: {{{app}}}}}
          template:
            metadata: {labels: {app: {{{app}}}}}
            spec:
              terminationGracePeriodSeconds: 1
              {{{(spread ? "topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: web}}}]" : "")}}}
              {{{spec}}}
              containers: [{name: web, image: {{{ClusterLab.Image}}}}]
        """;
}
