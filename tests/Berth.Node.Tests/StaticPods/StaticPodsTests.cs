using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Node.StaticPods;
using Berth.Node.Tests.Agent;
using Berth.Node.Tests.Runtime;

namespace Berth.Node.Tests.StaticPods;

public sealed class StaticPodsTests(ContainerdFixture fixture)
{
    private const string Forever = "trap 'exit 0' TERM; while true; do sleep 0.1; done";
    private const string Name = "web-" + NodeCluster.NodeName;

    [Fact]
    public async Task File_WithAPod_RunsShowsItselfAndFollowsItsFile()
    {
        var directory = Directory.CreateTempSubdirectory("berth-static-").FullName;
        try
        {
            Write(directory, "one");
            await using var cluster = await NodeCluster.StartAsync(fixture, o => o with { Configuration = o.Configuration with { StaticPodPath = directory }, ReadPod = Parse });
            var mirror = await cluster.RunningAsync(Name);
            Assert.Equal("file", mirror.Metadata.Annotations["kubernetes.io/config.source"]);
            Assert.Equal(("Node", NodeCluster.NodeName), (mirror.Metadata.OwnerReferences[0].Kind, mirror.Metadata.OwnerReferences[0].Name));
            var container = mirror.Status.ContainerStatuses[0].ContainerID;

            // Who deletes the mirror gets it again; what runs is not touched. Nor does a new agent touch it.
            await cluster.Client.DeleteAsync<Pod>("default", Name);
            var again = await cluster.WaitAsync(Name, p => p is not null && p.Metadata.Uid != mirror.Metadata.Uid && p.Status.Phase == "Running", "another mirror");
            Assert.Equal(container, again.Status.ContainerStatuses[0].ContainerID);
            await cluster.StopAgentAsync();
            await cluster.StartAgentAsync();
            var adopted = await cluster.RunningAsync(Name);
            Assert.Equal((container, 0), (adopted.Status.ContainerStatuses[0].ContainerID, adopted.Status.ContainerStatuses[0].RestartCount));

            // Another content is another pod; none is none.
            Write(directory, "two");
            await cluster.WaitAsync(Name, p => p?.Spec.Containers[0].Env.FirstOrDefault()?.Value == "two" && p.Status.Phase == "Running" && p.Status.ContainerStatuses[0].ContainerID != container, "the changed pod");
            File.Delete(Path.Combine(directory, "web.json"));
            await cluster.WaitAsync(Name, p => p is null, "no mirror");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void Files_ThatCannotBeUsed_AreToldAndStandInNobodysWay()
    {
        var directory = Directory.CreateTempSubdirectory("berth-static-").FullName;
        try
        {
            Write(directory, "one");
            File.Copy(Path.Combine(directory, "web.json"), Path.Combine(directory, "web2.json"));
            File.WriteAllText(Path.Combine(directory, "broken.json"), "{");
            File.WriteAllText(Path.Combine(directory, ".web.json.swp"), "{");
            var secret = NodeCluster.Pod("secret", Forever, spec: s => s with { Volumes = [new Volume { Name = "s", Secret = new SecretVolumeSource { SecretName = "s" } }] });
            File.WriteAllBytes(Path.Combine(directory, "secret.json"), ApiJson.Serialize(secret));

            var (pods, problems) = new StaticPodFiles(directory, NodeCluster.NodeName, Parse).Read();

            Assert.Equal(Name, Assert.Single(pods.Values).Metadata.Name);
            Assert.Equal(["broken.json", "secret.json", "web2.json"], problems.Keys.Select(p => Path.GetFileName(p)));
            Assert.Contains("Secret", problems[Path.Combine(directory, "secret.json")], StringComparison.Ordinal);
            // The same file is the same pod to every agent of the node, and another one to another node's.
            Assert.Equal(pods.Keys, new StaticPodFiles(directory, NodeCluster.NodeName, Parse).Read().Pods.Keys);
            Assert.NotEqual(pods.Keys, new StaticPodFiles(directory, "node-b", Parse).Read().Pods.Keys);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void Write(string directory, string value)
    {
        var pod = NodeCluster.Pod("web", Forever, c => c with { Env = [new EnvVar { Name = "WHICH", Value = value }] }, s => s with { NodeName = "" });
        var file = Path.Combine(directory, "web.json");
        File.WriteAllBytes(file + ".new", ApiJson.Serialize(pod with { Metadata = new ObjectMeta { Name = "web" } }));
        File.Move(file + ".new", file, overwrite: true);
    }

    private static Pod Parse(byte[] content)
    {
        try
        {
            return ApiJson.Deserialize<Pod>(content);
        }
        catch (System.Text.Json.JsonException error)
        {
            throw new FormatException(error.Message, error);
        }
    }
}
