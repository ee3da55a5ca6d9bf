using Berth.Api.Core.V1;
using Berth.Controllers.Namespaces;

namespace Berth.Controllers.Tests.Namespaces;

public sealed class NamespaceConditionsTests
{
    [Fact]
    public void Of_ContentAndFinalizersLeft_SaysWhichAndHowMany()
    {
        var conditions = NamespaceConditions.Of([], [new RemainingContent(Pod.Kind, 3, ["a/x", "b/y", "a/x"])], [], [], Given.Now);
        Assert.Equal("Some resources are remaining: pods has 3 resource instances", conditions.Single(c => c.Type == "NamespaceContentRemaining").Message);
        Assert.Equal(
            "Some content in the namespace has finalizers remaining: a/x in 2 resource instances, b/y in 1 resource instances",
            conditions.Single(c => c.Type == "NamespaceFinalizersRemaining").Message);
    }

    [Fact]
    public void Of_NothingLeft_AllAreFalse() => Assert.All(NamespaceConditions.Of([], [], [], [], Given.Now), c => Assert.Equal("False", c.Status));

    [Fact]
    public void Of_SameContentLater_KeepsTheConditions()
    {
        RemainingContent[] left = [new(Pod.Kind, 3, [])];
        var first = NamespaceConditions.Of([], left, [], [], Given.Now);
        Assert.Equal(first, NamespaceConditions.Of(first, left, [], [], Given.Now.AddSeconds(5)));
        var fewer = NamespaceConditions.Of(first, [new RemainingContent(Pod.Kind, 2, [])], [], [], Given.Now.AddSeconds(5)).Single(c => c.Type == "NamespaceContentRemaining");
        Assert.Equal(Given.Now, fewer.LastTransitionTime!.Value.Value);
    }

    [Fact]
    public void Of_RefusalsAndSilentGroups_AreTold()
    {
        var conditions = NamespaceConditions.Of([], [], ["no", "never"], ["wardle.example.com/v1"], Given.Now);
        Assert.Equal("Failed to delete all resource types, 2 remaining: never, no", conditions.Single(c => c is { Type: "NamespaceDeletionContentFailure", Status: "True" }).Message);
        Assert.Contains(conditions, c => c is { Type: "NamespaceDeletionDiscoveryFailure", Status: "True", Reason: "DiscoveryFailed" });
    }
}
