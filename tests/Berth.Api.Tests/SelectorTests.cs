using Berth.Api.Meta.V1;
using Berth.Api.Selection;

namespace Berth.Api.Tests;

public class SelectorTests
{
    private static readonly ApiMap<string> s_labels = ApiMap.Of(("app", "web"), ("tier", "front"), ("weight", "7"));

    [Theory]
    [InlineData("", true)]
    [InlineData("app=web", true)]
    [InlineData("app==web,tier!=back", true)]
    [InlineData("app in (web, api),!canary", true)]
    [InlineData("app notin (web)", false)]
    [InlineData("canary notin (true)", true)]
    [InlineData("tier", true)]
    [InlineData("canary", false)]
    [InlineData("weight>5,weight<8", true)]
    [InlineData("weight>7", false)]
    [InlineData("app=", false)]
    public void Parse_Query_Matches(string query, bool matches) =>
        Assert.Equal(matches, LabelSelectors.Parse(query).Matches(s_labels));

    [Theory]
    [InlineData("app=web,")]
    [InlineData("=web")]
    [InlineData("app in web")]
    [InlineData("app in (web")]
    [InlineData("app near (web)")]
    public void Parse_BrokenQuery_IsRefused(string query) =>
        Assert.Throws<FormatException>(() => LabelSelectors.Parse(query));

    [Theory]
    [InlineData("app=web,tier!=back,!canary,weight,zone in (a,b)")]
    public void ToString_ParsedQuery_ParsesToTheSame(string query) =>
        Assert.Equal(query, LabelSelectors.Parse(query).ToString());

    [Fact]
    public void Compile_NullAndEmpty_SelectNothingAndEverything()
    {
        Assert.False(LabelSelectors.Compile((LabelSelector?)null).Matches(s_labels));
        Assert.True(LabelSelectors.Compile(LabelSelector.Empty).Matches(ApiMap<string>.Empty));
    }

    [Fact]
    public void FieldSelector_EqualityAndInequality_Match()
    {
        var selector = FieldSelector.Parse("metadata.name=a,status.phase!=Running");
        string? Value(string path) => path switch { "metadata.name" => "a", "status.phase" => "Pending", _ => null };
        Assert.True(selector.Matches(Value));
        Assert.False(FieldSelector.Parse("metadata.name!=a").Matches(Value));
        Assert.Equal("a,b", FieldSelector.Parse(@"x=a\,b").Conditions[0].Value);
        Assert.Throws<FormatException>(() => FieldSelector.Parse("nonsense"));
    }
}
