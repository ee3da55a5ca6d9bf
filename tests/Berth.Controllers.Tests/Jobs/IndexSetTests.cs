using Berth.Controllers.Jobs;

namespace Berth.Controllers.Tests.Jobs;

public sealed class IndexSetTests
{
    [Theory]
    [InlineData("", 10, "")]
    [InlineData("0", 10, "0")]
    [InlineData("1,3-5,7", 10, "1,3-5,7")]
    [InlineData("1,2", 10, "1,2")]
    [InlineData("3-20", 10, "3-9")]
    [InlineData("12", 10, "")]
    [InlineData("a,2,b-3", 10, "2")]
    public void Parse_Text_KeepsWhatIsValid(string text, int completions, string expected) =>
        Assert.Equal(expected, IndexSet.Parse(text, completions).ToString());

    [Fact]
    public void With_AnyIndexes_IsTheirUnion()
    {
        var random = new Random(3);
        for (var round = 0; round < 200; round++)
        {
            var first = Enumerable.Range(0, 30).Where(_ => random.Next(3) == 0).ToHashSet();
            var second = Enumerable.Range(0, 30).Where(_ => random.Next(3) == 0).ToHashSet();
            var set = IndexSet.Empty.With(first).With(second);
            var other = IndexSet.Parse(IndexSet.Empty.With(second).ToString(), 30);

            Assert.Equal(first.Union(second).Order(), Enumerable.Range(0, 30).Where(set.Contains));
            Assert.Equal(first.Union(second).Count(), set.Count);
            Assert.Equal(second.Count, other.CountIn(set));
            Assert.Equal(Enumerable.Range(0, 30).Except(first).Except(second).Take(5), set.FirstMissing(5, 30));
        }
    }
}
