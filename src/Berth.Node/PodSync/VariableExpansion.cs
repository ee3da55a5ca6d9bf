using System.Text;

namespace Berth.Node.PodSync;

/// <summary><c>$(NAME)</c> in commands, arguments and values: replaced where the variable is known, left as it is otherwise; <c>$$</c> is a dollar sign.</summary>
public static class VariableExpansion
{
    public static string Expand(string text, Func<string, string?> variable)
    {
        if (!text.Contains('$')) return text;
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                result.Append(text[i]);
                continue;
            }

            var close = text[i + 1] == '(' ? text.IndexOf(')', i + 2) : -1;
            if (text[i + 1] == '$')
            {
                result.Append('$');
                i++;
            }
            else if (close > 0)
            {
                var name = text[(i + 2)..close];
                result.Append(variable(name) ?? text[i..(close + 1)]);
                i = close;
            }
            else
            {
                result.Append('$');
            }
        }

        return result.ToString();
    }
}
