using Berth.Verbs;

// Every verb of the binary.
var verbs = new Dictionary<string, Func<string[], Task<int>>>(StringComparer.Ordinal)
{
    ["apiserver"] = ApiServerVerb.RunAsync,
};

if (args.Length > 0 && verbs.TryGetValue(args[0], out var run))
    return await run(args[1..]);
Console.Error.WriteLine(args.Length == 0 ? "berth: which verb?" : $"berth: there is no verb {args[0]}");
Console.Error.WriteLine($"verbs: {string.Join(", ", verbs.Keys.Order(StringComparer.Ordinal))}");
return 2;
