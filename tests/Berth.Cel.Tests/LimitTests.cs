using System.Diagnostics;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Tests;

/// <summary>Nothing that somebody writes may take the process down or hold it up.</summary>
public sealed class LimitTests
{
    private static readonly CelEnvironment s_environment = CelEnvironment.Kubernetes.WithVariable("list", CelType.List(CelType.Int)).WithVariable("text", CelType.String);

    [Fact]
    public void Evaluation_Runaway_StopsAtItsLimit()
    {
        var program = s_environment.Compile("list.all(a, list.all(b, list.all(c, list.all(d, a + b + c + d >= 0))))").Program!;
        var watch = Stopwatch.StartNew();
        var outcome = program.Evaluate(new CelInputs { ["list"] = CelList.Of([.. Enumerable.Range(0, 1000).Select(i => new CelInt(i))]) });
        Assert.Equal("operation cancelled: actual cost limit exceeded", outcome.Error);
        Assert.InRange(outcome.Cost, CelProgram.CostMaxDefault, CelProgram.CostMaxDefault + 100);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"It took {watch.Elapsed}.");
    }

    [Fact]
    public void Evaluation_Cancelled_Throws()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        var program = s_environment.Compile("list.all(a, list.all(b, a + b >= 0))").Program!;
        var inputs = new CelInputs { ["list"] = CelList.Of([.. Enumerable.Range(0, 100).Select(i => new CelInt(i))]) };
        Assert.ThrowsAny<OperationCanceledException>(() => program.Evaluate(inputs, cancellation: source.Token));
    }

    [Theory]
    [InlineData("1 + 2", 1)]
    [InlineData("text == 'a'", 2)]
    [InlineData("[1, 2]", 10)]
    [InlineData("{'a': 1}", 30)]
    [InlineData("text.contains('abc')", 3)]
    public void Evaluation_Cost_IsWhatKubernetesCounts(string expression, long cost)
    {
        var outcome = s_environment.Compile(expression).Program!.Evaluate(new CelInputs { ["text"] = "0123456789abcdef" });
        Assert.Equal(cost, outcome.Cost);
    }

    [Theory]
    [InlineData("text == 'a'", 2)]
    [InlineData("list.all(x, x > 0)", 5_000_000)]
    [InlineData("sized.all(x, x > 0)", 52)]
    [InlineData("sized.all(x, sized.all(y, x == y))", 562)]
    [InlineData("text.matches('^a+$')", 314_574)]
    public void Program_EstimatedCost_FollowsTheSizesOfTypes(string expression, long atLeast)
    {
        var estimate = s_environment.WithVariable("sized", CelType.List(CelType.Int).Sized(10)).Compile(expression).Program!.EstimateCost();
        Assert.InRange(estimate, atLeast, atLeast * 4);
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("!(", ")")]
    [InlineData("{1: ", "}")]
    [InlineData("1 + (", ")")]
    public void Parser_Nested_RefusesWhatIsTooDeep(string open, string close)
    {
        var deep = string.Concat(Enumerable.Repeat(open, 5000)) + "1" + string.Concat(Enumerable.Repeat(close, 5000));
        Assert.Contains("expression recursion limit exceeded", s_environment.Compile(deep).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Checker_TypesThatDouble_AreRefused()
    {
        var doubled = "1";
        for (var i = 0; i < 60; i++)
            doubled = $"[{doubled}].map(x{i}, {{x{i}: x{i}}})";
        Assert.Contains("the type of the expression is too complex", s_environment.Compile(doubled).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Checker_ManyCalls_AreQuick()
    {
        var watch = Stopwatch.StartNew();
        Assert.NotNull(s_environment.Compile(string.Join(" && ", Enumerable.Range(0, 3000).Select(i => $"size([{i}]) == 1 || [] == []"))).Program);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"It took {watch.Elapsed}.");
    }

    [Fact]
    public void Parser_LongChains_AreFineOnlyWhenTheyBalance()
    {
        var sum = string.Join(" + ", Enumerable.Repeat("1", 5000));
        Assert.Contains("expression recursion limit exceeded", s_environment.Compile(sum).Problem, StringComparison.Ordinal);
        var all = s_environment.Compile(string.Join(" && ", Enumerable.Repeat("true", 5000)));
        Assert.True(all.Program!.Evaluate(new CelInputs()).IsTrue);
    }

    [Fact]
    public void Parser_AnyTokens_NeverThrows()
    {
        string[] words =
        [
            "a", "1", "2u", "1.5", "'s'", "b'x'", "true", "null", "(", ")", "[", "]", "{", "}", ".", "?.", "[?", ",", ":", "?", "+", "-", "!", "&&", "||", "==", "in",
            "text", "list", ".all(x, x > 0)", ".map(x, x)", "has(", "size(", "optional.of(", "Object{", "'", "\"", "\\", "/*", "//", "😀", "for", "_", "0x", "1e", "\n",
        ];
        const int Seed = 20260712;
        var random = new Random(Seed);
        var inputs = new CelInputs { ["list"] = CelList.Of([1L, 2L]), ["text"] = "abc" };
        for (var round = 0; round < 20_000; round++)
        {
            var expression = string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => words[random.Next(words.Length)] + (random.Next(2) == 0 ? " " : "")));
            try
            {
                var compiled = s_environment.Compile(expression);
                Assert.True(compiled.Program is not null || compiled.Problem.StartsWith("ERROR: <input>:", StringComparison.Ordinal), compiled.Problem);
                compiled.Program?.Evaluate(inputs, 10_000);
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"Seed {Seed}, round {round}: {expression}\n{e}");
            }
        }
    }
}
