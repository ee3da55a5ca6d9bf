using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Client.Metadata;
using Berth.Controllers.GarbageCollection;

namespace Berth.Controllers.Tests.GarbageCollection;

public sealed class OwnershipGraphTests
{
    [Fact]
    public void Set_DependentBeforeOwner_IsLinkedWhenTheOwnerComes()
    {
        var graph = new OwnershipGraph();
        Assert.Contains("pod", graph.Set(Pod("pod", "set")));
        Assert.Null(graph.Get("set"));
        graph.Set(Set("set"));
        Assert.Equal(["pod"], graph.DependentsOf("set").Select(d => d.Metadata.Uid));
    }

    [Fact]
    public void Remove_Owner_WakesItsDependentsAndForgetsItWithThem()
    {
        var graph = new OwnershipGraph();
        graph.Set(Set("set"));
        graph.Set(Pod("pod", "set"));
        Assert.Contains("pod", graph.Remove("set"));
        Assert.Contains("set", graph.Remove("pod"));
        Assert.Equal(0, graph.Count);
    }

    [Fact]
    public void Set_OwnerReferenceGone_Unlinks()
    {
        var graph = new OwnershipGraph();
        graph.Set(Set("set"));
        graph.Set(Pod("pod", "set"));
        Assert.Contains("set", graph.Set(Pod("pod")));
        Assert.Empty(graph.DependentsOf("set"));
    }

    [Fact]
    public void Set_OwnerWaitsForItsDependents_WakesThem()
    {
        var graph = new OwnershipGraph();
        graph.Set(Set("set"));
        graph.Set(Pod("pod", "set"));
        var deleted = Set("set") with { Metadata = new ObjectMeta { Uid = "set", DeletionTimestamp = Given.Now, Finalizers = ["foregroundDeletion"] } };
        Assert.Contains("pod", graph.Set(deleted));
        Assert.True(OwnershipGraph.WaitsForDependents(deleted.Metadata));
    }

    [Fact]
    public void Graph_RandomChanges_AgreesWithAPlainModelAndEmptiesAtTheEnd()
    {
        var random = new Random(42);
        var graph = new OwnershipGraph();
        var model = new Dictionary<string, string[]>();
        for (var step = 0; step < 3000; step++)
        {
            var uid = $"u{random.Next(20)}";
            if (random.Next(3) == 0)
            {
                graph.Remove(uid);
                model.Remove(uid);
            }
            else
            {
                string[] owners = [.. Enumerable.Range(0, random.Next(3)).Select(_ => $"u{random.Next(20)}").Where(o => o != uid).Distinct()];
                graph.Set(Pod(uid, owners));
                model[uid] = owners;
            }

            foreach (var owner in Enumerable.Range(0, 20).Select(i => $"u{i}"))
            {
                Assert.Equal(
                    model.Where(m => m.Value.Contains(owner)).Select(m => m.Key).Order(StringComparer.Ordinal),
                    graph.DependentsOf(owner).Select(d => d.Metadata.Uid).Order(StringComparer.Ordinal));
            }
        }

        foreach (var uid in model.Keys)
            graph.Remove(uid);
        Assert.Equal(0, graph.Count);
    }

    private static ObjectMetadata Set(string uid) => new(ReplicaSet.Kind, new ObjectMeta { Uid = uid, Name = uid });

    private static ObjectMetadata Pod(string uid, params string[] owners) => new(
        Berth.Api.Core.V1.Pod.Kind,
        new ObjectMeta { Uid = uid, Name = uid, OwnerReferences = [.. owners.Select(o => new OwnerReference { Uid = o, Name = o, Kind = "ReplicaSet" })] });
}
