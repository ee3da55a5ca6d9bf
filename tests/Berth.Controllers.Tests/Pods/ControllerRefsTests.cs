using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Selection;
using Berth.Controllers.Pods;

namespace Berth.Controllers.Tests.Pods;

public sealed class ControllerRefsTests
{
    private static readonly ReplicaSet s_owner = new() { Metadata = new ObjectMeta { Name = "web", Namespace = "default", Uid = "owner" } };
    private static readonly Selector s_web = LabelSelectors.FromLabels(ApiMap.Of(("app", "web")));
    private static readonly Selector s_other = LabelSelectors.FromLabels(ApiMap.Of(("app", "db")));

    [Fact]
    public void Decide_OrphanWithItsLabels_Adopts() =>
        Assert.Equal(ClaimDecision.Adopt, ControllerRefs.Decide(s_owner, s_web, Given.Pod("a")));

    [Fact]
    public void Decide_OrphanThatIsGoing_Ignores()
    {
        var pod = Given.Pod("a");
        pod = pod with { Metadata = pod.Metadata with { DeletionTimestamp = Given.Now } };
        Assert.Equal(ClaimDecision.Ignore, ControllerRefs.Decide(s_owner, s_web, pod));
    }

    [Fact]
    public void Decide_OwnWithOtherLabels_Releases() =>
        Assert.Equal(ClaimDecision.Release, ControllerRefs.Decide(s_owner, s_other, Given.Pod("a").OwnedBy(s_owner)));

    [Fact]
    public void Decide_SomeoneElses_Ignores()
    {
        var pod = Given.Pod("a").OwnedBy(s_owner with { Metadata = s_owner.Metadata with { Uid = "another" } });
        Assert.Equal(ClaimDecision.Ignore, ControllerRefs.Decide(s_owner, s_web, pod));
    }

    [Fact]
    public void Decide_EmptySelector_NeverAdopts() =>
        Assert.Equal(ClaimDecision.Ignore, ControllerRefs.Decide(s_owner, Selector.Everything, Given.Pod("a")));
}
