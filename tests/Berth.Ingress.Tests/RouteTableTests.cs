using Berth.Ingress.Routing;

namespace Berth.Ingress.Tests;

public sealed class RouteTableTests
{
    // The table of the Ingress documentation.
    [Theory]
    [InlineData(false, "/", "/any/path", true)]
    [InlineData(true, "/foo", "/foo", true)]
    [InlineData(true, "/foo", "/bar", false)]
    [InlineData(true, "/foo", "/foo/", false)]
    [InlineData(true, "/foo/", "/foo", false)]
    [InlineData(false, "/foo", "/foo/", true)]
    [InlineData(false, "/foo/", "/foo", true)]
    [InlineData(false, "/aaa/bb", "/aaa/bbb", false)]
    [InlineData(false, "/aaa/bbb", "/aaa/bbb/ccc", true)]
    [InlineData(false, "/aaa/bbb", "/aaa/bbbxyz", false)]
    [InlineData(false, "/aaa/bbb/", "/aaa/bbb", true)]
    public void Path_OfEachType_MatchesAsKubernetesSays(bool exact, string path, string request, bool expected) =>
        Assert.Equal(expected, (exact ? PathMatch.Exact(path) : PathMatch.Prefix(path)).Matches(request));

    [Theory]
    [InlineData("foo.bar.com", "/", "own")]
    [InlineData("baz.bar.com", "/", "wildcard")]
    [InlineData("bar.com", "/", "every")]
    [InlineData("a.baz.bar.com", "/", "every")]
    [InlineData("foo.bar.com", "/deep/er", "deeper")]
    [InlineData("foo.bar.com", "/deep/exact", "exact")]
    [InlineData("foo.bar.com", "/deep", "own")]
    [InlineData("foo.bar.com", "/wild", "own")]
    public void Find_SeveralFit_TakesTheMostSpecific(string host, string path, string expected)
    {
        var table = new RouteTable(
        [
            Named("every", "", "/"),
            Named("wildcard", "*.bar.com", "/"),
            Named("own", "foo.bar.com", "/"),
            Named("deeper", "foo.bar.com", "/deep/er"),
            Named("shorter", "foo.bar.com", "/deep/exact"),
            Named("exact", "foo.bar.com", "/deep/exact") with { Path = PathMatch.Exact("/deep/exact") },
            Named("wild", "*.bar.com", "/wild"),
        ]);
        Assert.Equal(expected, table.Find(host, path)?.Source);
    }

    [Fact]
    public void Find_NothingFits_TakesTheOldestDefaultBackend()
    {
        var table = new RouteTable(
        [
            Named("young", "", "/") with { IsDefault = true, CreatedAt = DateTimeOffset.UnixEpoch.AddDays(2) },
            Named("old", "", "/") with { IsDefault = true, CreatedAt = DateTimeOffset.UnixEpoch.AddDays(1) },
            Named("a", "a.com", "/a"),
        ]);
        Assert.Equal("old", table.Find("a.com", "/b")?.Source);
        Assert.Equal("a", table.Find("a.com", "/a")?.Source);
        Assert.Null(RouteTable.Empty.Find("a.com", "/"));
    }

    [Fact]
    public void Find_TwoClaimTheSame_TheOlderHasIt()
    {
        var old = Named("z", "a.com", "/") with { CreatedAt = DateTimeOffset.UnixEpoch.AddDays(1) };
        var young = Named("a", "a.com", "/") with { CreatedAt = DateTimeOffset.UnixEpoch.AddDays(2) };
        Assert.Equal("z", new RouteTable([young, old]).Find("a.com", "/")?.Source);
        Assert.Equal("z", new RouteTable([old, young]).Find("a.com", "/")?.Source);
    }

    [Theory]
    [InlineData("80,443", "0.0.0.0:80", "0.0.0.0:443")]
    [InlineData("127.0.0.1:8080", "127.0.0.1:8080", null)]
    [InlineData("[::1]:80,[::1]:443", "[::1]:80", "[::1]:443")]
    public void Options_Text_NamesListeners(string text, string http, string? https)
    {
        var options = IngressServerOptions.Parse(text);
        Assert.Equal(http, Assert.Single(options.Http).ToString());
        Assert.Equal(https, options.Https.IsEmpty ? null : Assert.Single(options.Https).ToString());
    }

    [Theory]
    [InlineData("http")]
    [InlineData("80,443,8080")]
    [InlineData("::1")]
    [InlineData("70000")]
    public void Options_BadText_SaysWhatWasExpected(string text) => Assert.Contains("80", Assert.Throws<FormatException>(() => IngressServerOptions.Parse(text)).Message, StringComparison.Ordinal);

    private static Route Named(string name, string host, string path) => new() { Source = name, Host = host, Path = PathMatch.Prefix(path), Backend = new Backend() };
}
