select figure_id, published_on, metric, subject, printed, value_e6
from published_figures
order by figure_id
