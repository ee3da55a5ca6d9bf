using System.Text;
using Berth.ApiServer.Apply;
using Xunit;

namespace Berth.ApiServer.Tests.Apply;

public sealed class FieldSetTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"f:metadata":{"f:labels":{".":{},"f:a":{}}},"f:spec":{"f:replicas":{}}}""")]
    [InlineData("""{"f:l":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:port":{}},"k:{\"port\":443,\"protocol\":\"TCP\"}":{}}}""")]
    [InlineData("""{"f:l":{"v:1":{},"v:\"x\"":{},"v:true":{},"v:null":{},"i:3":{}}}""")]
    public void Print_WhatWasParsed_GivesTheSameBytes(string json)
    {
        Assert.Equal(json, FieldSetJson.Print(FieldSetJson.Parse(Encoding.UTF8.GetBytes(json))).ToString());
    }

    [Theory]
    [InlineData("""{"f:b":{},"f:a":{}}""", """{"f:a":{},"f:b":{}}""")]
    [InlineData("""{"v:\"a\"":{},"v:2":{},"v:10":{},"k:{\"b\":1,\"a\":2}":{},"f:z":{},"i:0":{}}""", """{"f:z":{},"k:{\"a\":2,\"b\":1}":{},"v:2":{},"v:10":{},"v:\"a\"":{},"i:0":{}}""")]
    [InlineData("""{"f:a":{".":{}},"q:future":{"f:x":{}}}""", """{"f:a":{}}""")]
    public void Print_UnsortedSet_IsCanonical(string json, string expected)
    {
        Assert.Equal(expected, FieldSetJson.Print(FieldSetJson.Parse(Encoding.UTF8.GetBytes(json))).ToString());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"f":{}}""")]
    [InlineData("""{"x":""")]
    [InlineData("""{"k:{":{}}""")]
    [InlineData("""{"nocolon":{}}""")]
    public void Parse_Malformed_Fails(string json)
    {
        Assert.Throws<FormatException>(() => FieldSetJson.Parse(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void Operations_NestedSets_TreatAPathApartFromWhatIsBelowIt()
    {
        var left = Parse("""{"f:a":{".":{},"f:x":{},"f:y":{}},"f:b":{}}""");
        var right = Parse("""{"f:a":{"f:x":{}},"f:c":{}}""");

        Assert.Equal("""{"f:a":{".":{},"f:x":{},"f:y":{}},"f:b":{},"f:c":{}}""", Print(left.Union(right)));
        Assert.Equal("""{"f:a":{"f:x":{}}}""", Print(left.Intersect(right)));
        Assert.Equal("""{"f:a":{".":{},"f:y":{}},"f:b":{}}""", Print(left.Except(right)));
        Assert.Equal("""{"f:a":{"f:x":{},"f:y":{}},"f:b":{}}""", Print(left.Except(Parse("""{"f:a":{}}"""))));
        Assert.Equal("""{"f:b":{}}""", Print(left.ExceptDeep(Parse("""{"f:a":{}}"""))));
        Assert.Equal([".a", ".b", ".a.x", ".a.y"], left.Paths().Select(p => string.Concat(p.Select(e => e.ToString()))));
    }

    private static FieldSet Parse(string json) => FieldSetJson.Parse(Encoding.UTF8.GetBytes(json));

    private static string Print(FieldSet set) => FieldSetJson.Print(set).ToString();
}
