namespace Berth.Cluster.Tests;

/// <summary>What pods of different nodes are to each other, and what the API server sees of them.</summary>
public sealed class TrafficTests(ClusterLab lab)
{
    [Fact]
    public async Task Pods_OfTwoNodes_ReachEachOtherServicesAndDns()
    {
        Assert.SkipWhen(ClusterLab.CannotRun is not null, ClusterLab.CannotRun ?? "");
        var ns = await lab.NamespaceAsync("traffic", $$$"""
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: web}
            spec:
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: web
                    image: {{{ClusterLab.Image}}}
                    command: [sh, -c, "hostname > /www/name; echo began; exec httpd -f -v -p 80 -h /www"]
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}
            """);
        await lab.KubectlAsync("rollout", "status", "-n", ns, "daemonset/web", "--timeout=90s");
        var pods = (await lab.KubectlAsync("get", "pods", "-n", ns, "--sort-by=.spec.nodeName", "-o", "jsonpath={range .items[*]}{.metadata.name} {.status.podIP} {.spec.nodeName}{\"\\n\"}{end}"))
            .Split('\n').Select(l => l.Split(' ')).ToList();
        Assert.Equal(["node1", "node2", "node3"], pods.Select(p => p[2]));

        // Each sees the other's own address: nothing between them translates it.
        foreach (var (from, to) in ((string[], string[])[])[(pods[0], pods[1]), (pods[1], pods[0])])
        {
            Assert.Equal(to[0], await ExecAsync(from[0], "wget", "-qO-", $"http://{to[1]}/name"));
            await lab.UntilAsync(() => lab.KubectlAsync("logs", "-n", ns, to[0]), t => t.Contains(from[1] + "]:", StringComparison.Ordinal) || t.Contains(from[1] + ":", StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        }

        // From a pod and from the machine itself, on each node, by name and by address: both pods answer.
        var service = await lab.KubectlAsync("get", "service", "-n", ns, "web", "-o", "jsonpath={.spec.clusterIP} {.spec.ports[0].nodePort}");
        var (address, port) = (service.Split(' ')[0], service.Split(' ')[1]);
        foreach (var pod in pods)
        {
            await lab.UntilAsync(() => ExecAsync(pod[0], "sh", "-c", "for i in 1 2 3 4 5 6 7 8; do wget -qO- http://web/name; done"), t => pods.All(p => t.Contains(p[0], StringComparison.Ordinal)), TimeSpan.FromSeconds(20));
            Assert.Contains(address, await ExecAsync(pod[0], "nslookup", $"web.{ns}.svc.cluster.local"), StringComparison.Ordinal);
        }

        foreach (var agent in (int[])[1, 2])
            Assert.Contains("web-", (await lab.InsideAsync(agent, "curl", "-s", "--max-time", "5", $"http://{address}/name")).Text, StringComparison.Ordinal);
        foreach (var node in (string[])["10.95.7.11", "10.95.7.12"])
            Assert.Contains("web-", (await ProgramRun.ToEndAsync("curl", ["-s", "--max-time", "5", $"http://{node}:{port}/name"], null, TimeSpan.FromSeconds(20), ClusterLab.Cancellation)).Text, StringComparison.Ordinal);

        // Through the API server to a node that it reaches by the network alone.
        foreach (var pod in pods)
        {
            Assert.Contains("began", await lab.KubectlAsync("logs", "-n", ns, pod[0]), StringComparison.Ordinal);
            Assert.Equal(pod[0], await lab.KubectlAsync("get", "--raw", $"/api/v1/namespaces/{ns}/pods/{pod[0]}/proxy/name"));
        }

        Assert.Contains("web-", await lab.KubectlAsync("get", "--raw", $"/api/v1/namespaces/{ns}/services/web/proxy/name"), StringComparison.Ordinal);
        await lab.KubectlAsync("delete", "namespace", ns, "--wait=false");

        Task<string> ExecAsync(string pod, params string[] command) => lab.KubectlAsync(["exec", "-n", ns, pod, "--", .. command]);
    }
}
