using System.CommandLine;

namespace Berth;

/// <summary>Options that several verbs share.</summary>
internal static class Options
{
    public static Option<string> DataDirectory() => new("--data-dir")
    {
        Description = "Directory that holds all of one berth",
        DefaultValueFactory = _ => Instance.DataDirectory.Default,
    };
}
