namespace Berth.Linux.Tests;

/// <summary>Tests that change the machine need root and say so instead of failing without.</summary>
internal static class Root
{
    public static void Require() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
}
