using Berth.Resources.Topology;

namespace Berth.Resources.Tests.Topology;

public sealed class CpuSetTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("0", "0")]
    [InlineData("0-3,8,10-11", "0-3,8,10-11")]
    [InlineData("3,2,1,0", "0-3")]
    [InlineData(" 5 , 64-66\n", "5,64-66")]
    public void Text_ReadAndWritten_IsTheKernelsForm(string text, string expected) =>
        Assert.Equal(expected, CpuSet.Parse(text).ToString());

    [Theory]
    [InlineData("a")]
    [InlineData("3-1")]
    [InlineData("-1")]
    [InlineData("0-99999999")]
    public void Text_Damaged_IsRefused(string text) => Assert.False(CpuSet.TryParse(text, out _));

    [Fact]
    public void Sets_CombinedInAnyWay_EqualSetsOfTheSameMembers()
    {
        var random = new Random(7);
        for (var i = 0; i < 500; i++)
        {
            var a = Enumerable.Range(0, 200).Where(_ => random.Next(4) == 0).ToHashSet();
            var b = Enumerable.Range(0, 200).Where(_ => random.Next(4) == 0).ToHashSet();
            CpuSet left = CpuSet.Of(a), right = CpuSet.Of(b);
            Assert.Equal(CpuSet.Of(a.Union(b)), left | right);
            Assert.Equal(CpuSet.Of(a.Intersect(b)), left & right);
            Assert.Equal(CpuSet.Of(a.Except(b)), left - right);
            Assert.Equal(a.Intersect(b).Count(), left.CountOf(right));
            Assert.Equal(a.IsSubsetOf(b), left.IsSubsetOf(right));
            Assert.Equal(a.Order(), left);
            Assert.Equal((left | right).GetHashCode(), (right | left).GetHashCode());
        }
    }
}
